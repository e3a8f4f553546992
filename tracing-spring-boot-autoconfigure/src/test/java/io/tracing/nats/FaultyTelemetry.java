// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.messaging.OperationMetrics;
import io.tracing.messaging.TimeInQueue;
import io.tracing.testing.TracedNats;
import org.jspecify.annotations.Nullable;

/**
 * Tracing of which one part fails whenever it is used.
 *
 * @param name which part, and how
 * @param nats the connection with such tracing
 */
record FaultyTelemetry(String name, TracedNats.Builder nats) {

	/**
	 * Each part that tracing leans on, with an exception and with an error.
	 */
	static Stream<FaultyTelemetry> all() {
		Supplier<RuntimeException> exception = () -> new IllegalStateException("injected");
		Supplier<Error> error = () -> new NoClassDefFoundError("injected");
		return Stream.concat(Stream.of(exception, error).flatMap(FaultyTelemetry::throwing), illegalHeaders());
	}

	private static Stream<FaultyTelemetry> throwing(Supplier<? extends Throwable> thrown) {
		String what = " throws " + thrown.get();
		MessagingMetrics metrics = (type, attributes) -> raise(thrown);
		MessagingMetrics instruments = (type, attributes) -> new FaultyInstruments(thrown);
		return Stream.of(
				new FaultyTelemetry("inject" + what,
						TracedNats.builder().propagator(new FaultyPropagator("inject", thrown))),
				new FaultyTelemetry("extract" + what,
						TracedNats.builder().propagator(new FaultyPropagator("extract", thrown))),
				new FaultyTelemetry("fields" + what,
						TracedNats.builder().propagator(new FaultyPropagator("fields", thrown))),
				tracers("sampler" + what, (tracers) -> tracers.setSampler(new FaultySampler(thrown))),
				tracers("id generator" + what, (tracers) -> tracers.setIdGenerator(new FaultyIds(thrown))),
				tracers("onStart" + what, (tracers) -> tracers.addSpanProcessor(new FaultyProcessor(thrown))),
				new FaultyTelemetry("metrics" + what,
						TracedNats.builder().messaging((messaging) -> messaging.metrics(metrics))),
				new FaultyTelemetry("instruments" + what,
						TracedNats.builder().messaging((messaging) -> messaging.metrics(instruments))),
				new FaultyTelemetry("subjects" + what,
						TracedNats.builder().nats((nats) -> nats.subjects((subject) -> raise(thrown)))),
				new FaultyTelemetry("untrusted" + what,
						TracedNats.builder().nats((nats) -> nats.untrusted((subject) -> raise(thrown)))),
				new FaultyTelemetry("dual write" + what, TracedNats.builder()
					.nats((nats) -> nats.dualWrite((subject) -> raise(thrown), "trace_parent"))));
	}

	private static FaultyTelemetry tracers(String name, Consumer<SdkTracerProviderBuilder> tracers) {
		return new FaultyTelemetry(name, TracedNats.builder().tracers(tracers));
	}

	/**
	 * Propagators that write what NATS does not take.
	 */
	private static Stream<FaultyTelemetry> illegalHeaders() {
		return Stream
			.of(new String[] { "two words", "value" }, new String[] { "", "value" }, new String[] { "a:b", "value" },
					new String[] { "line", "a\r\nb" }, new String[] { "\u00fcmlaut", "value" },
					new String[] { "name", "\uffff" })
			.map((header) -> new FaultyTelemetry("propagator writes " + Arrays.toString(header),
					TracedNats.builder().propagator(new IllegalHeader(header[0], header[1]))));
	}

	private static <T> T raise(Supplier<? extends Throwable> thrown) {
		Throwable fault = thrown.get();
		if (fault instanceof Error error) {
			throw error;
		}
		throw (RuntimeException) fault;
	}

	@Override
	public String toString() {
		return this.name;
	}

	private record FaultyPropagator(String method, Supplier<? extends Throwable> thrown) implements TextMapPropagator {

		private static final TextMapPropagator DELEGATE = W3CTraceContextPropagator.getInstance();

		@Override
		public Collection<String> fields() {
			raiseIn("fields");
			return DELEGATE.fields();
		}

		@Override
		public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
			// Half of the work is done when it fails.
			if (this.method.equals("inject")) {
				setter.set(carrier, "half", "written");
			}
			raiseIn("inject");
			DELEGATE.inject(context, carrier, setter);
		}

		@Override
		public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
			raiseIn("extract");
			return DELEGATE.extract(context, carrier, getter);
		}

		private void raiseIn(String name) {
			if (name.equals(this.method)) {
				raise(this.thrown);
			}
		}

	}

	private record IllegalHeader(String header, String value) implements TextMapPropagator {

		@Override
		public Collection<String> fields() {
			return List.of(this.header);
		}

		@Override
		public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
			setter.set(carrier, "half", "written");
			setter.set(carrier, this.header, this.value);
		}

		@Override
		public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
			getter.get(carrier, this.header);
			return context;
		}

	}

	private record FaultySampler(Supplier<? extends Throwable> thrown) implements Sampler {

		@Override
		public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
				Attributes attributes, List<LinkData> parentLinks) {
			return raise(this.thrown);
		}

		@Override
		public String getDescription() {
			return "faulty";
		}

	}

	private record FaultyIds(Supplier<? extends Throwable> thrown) implements IdGenerator {

		@Override
		public String generateSpanId() {
			return raise(this.thrown);
		}

		@Override
		public String generateTraceId() {
			return raise(this.thrown);
		}

	}

	private record FaultyProcessor(Supplier<? extends Throwable> thrown) implements SpanProcessor {

		@Override
		public void onStart(Context parentContext, ReadWriteSpan span) {
			raise(this.thrown);
		}

		@Override
		public boolean isStartRequired() {
			return true;
		}

		@Override
		public void onEnd(ReadableSpan span) {
		}

		@Override
		public boolean isEndRequired() {
			return false;
		}

	}

	private record FaultyInstruments(Supplier<? extends Throwable> thrown) implements OperationMetrics {

		@Override
		public void completed(double seconds, int messages, @Nullable String errorType) {
			raise(this.thrown);
		}

		@Override
		public void timeInQueue(TimeInQueue timeInQueue) {
			raise(this.thrown);
		}

	}

}
