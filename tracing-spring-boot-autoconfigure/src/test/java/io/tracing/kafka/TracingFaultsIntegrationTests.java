// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import io.tracing.messaging.Faults;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationMetrics;
import io.tracing.messaging.TimeInQueue;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import io.tracing.testing.Warnings;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.kafka.support.SendResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Invariant 1: a tracing fault never reaches the application. Every part that tracing
 * leans on is made to throw, an exception and an {@code Error}, while messages go through
 * a real broker: each is delivered and processed, and one warning tells of the faults.
 */
class TracingFaultsIntegrationTests {

	private static final int MESSAGES = 5;

	static Stream<Fault> faults() {
		Supplier<RuntimeException> exception = () -> new IllegalStateException("injected");
		Supplier<Error> error = () -> new NoClassDefFoundError("injected");
		return Stream.of(exception, error)
			.flatMap((thrown) -> Stream.of(
					new Fault("inject " + thrown.get(),
							TracedKafka.builder().propagator(new FaultyPropagator("inject", thrown))),
					new Fault("extract " + thrown.get(),
							TracedKafka.builder().propagator(new FaultyPropagator("extract", thrown))),
					new Fault("fields " + thrown.get(),
							TracedKafka.builder().propagator(new FaultyPropagator("fields", thrown))),
					new Fault("sampler " + thrown.get(),
							TracedKafka.builder().tracers((tracers) -> tracers.setSampler(new FaultySampler(thrown)))),
					new Fault("onStart " + thrown.get(),
							TracedKafka.builder()
								.tracers((tracers) -> tracers.addSpanProcessor(new FaultyProcessor(true, thrown)))),
					new Fault("metrics " + thrown.get(), TracedKafka.builder().messaging((messaging) -> {
						MessagingMetrics faulty = (type, attributes) -> Fault.raise(thrown.get());
						return messaging.metrics(faulty);
					})), new Fault("instruments " + thrown.get(), TracedKafka.builder().messaging((messaging) -> {
						MessagingMetrics faulty = (type, attributes) -> new FaultyInstruments(thrown);
						return messaging.metrics(faulty);
					})), new Fault("topics " + thrown.get(), TracedKafka.builder()
						.kafka((kafka) -> kafka.topics((topic) -> Fault.raise(thrown.get()))))));
	}

	@ParameterizedTest
	@MethodSource("faults")
	void messagesAreDeliveredAndProcessed(Fault fault) {
		String topic = KafkaBroker.newTopic("faults");
		try (Warnings warnings = new Warnings(); TracedKafka kafka = fault.kafka().start()) {
			Inbox<String> inbox = Inbox.ofValues();
			kafka.listen(topic, inbox);
			for (int i = 0; i < MESSAGES; i++) {
				ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, "message " + i);
				SendResult<Object, Object> result = kafka.send(record);
				assertThat(result.getProducerRecord()).isSameAs(record);
				assertThat(result.getRecordMetadata().offset()).isEqualTo(i);
			}
			assertThat(inbox.await(MESSAGES)).containsExactly("message 0", "message 1", "message 2", "message 3",
					"message 4");
			assertThat(warnings.messages()).singleElement()
				.asString()
				.startsWith("Tracing failed while ")
				.endsWith("; the message is not affected. Faults so far: 1");
			assertThat(kafka.tracing().messaging().faults().count()).isPositive();
		}
	}

	@Test
	void processorThatThrowsAtTheEndCostsNoMetric() {
		AtomicInteger completed = new AtomicInteger();
		OperationMetrics counting = new OperationMetrics() {

			@Override
			public void completed(double seconds, int messages, @Nullable String errorType) {
				completed.incrementAndGet();
			}

			@Override
			public void timeInQueue(TimeInQueue timeInQueue) {
			}

		};
		String topic = KafkaBroker.newTopic("faults");
		try (Warnings warnings = new Warnings();
				TracedKafka kafka = TracedKafka.builder()
					.tracers((tracers) -> tracers
						.addSpanProcessor(new FaultyProcessor(false, () -> new IllegalStateException("injected"))))
					.messaging((messaging) -> messaging.metrics((type, attributes) -> counting))
					.start()) {
			Inbox<String> inbox = Inbox.ofValues();
			kafka.listen(topic, inbox);
			kafka.send(topic, "a book");
			assertThat(inbox.await()).isEqualTo("a book");
			kafka.spans().awaitOpen(2);
			assertThat(warnings.messages()).hasSize(1);
			assertThat(completed).hasValue(2);
			kafka.spans().forgetOpen();
		}
	}

	@Test
	void exporterThatThrowsIsHeldBackByTheSdk() {
		SpanExporter faulty = new SpanExporter() {

			@Override
			public CompletableResultCode export(Collection<SpanData> spans) {
				throw new IllegalStateException("injected");
			}

			@Override
			public CompletableResultCode flush() {
				return CompletableResultCode.ofSuccess();
			}

			@Override
			public CompletableResultCode shutdown() {
				return CompletableResultCode.ofSuccess();
			}

		};
		String topic = KafkaBroker.newTopic("faults");
		try (TracedKafka kafka = TracedKafka.builder()
			.tracers((tracers) -> tracers.addSpanProcessor(SimpleSpanProcessor.create(faulty)))
			.start()) {
			Inbox<String> inbox = Inbox.ofValues();
			kafka.listen(topic, inbox);
			kafka.send(topic, "a book");
			assertThat(inbox.await()).isEqualTo("a book");
			kafka.spans().await("process " + topic);
		}
	}

	@Test
	void producerListenerThatThrowsStillEndsTheSpan() {
		String topic = KafkaBroker.newTopic("faults");
		try (Warnings warnings = new Warnings();
				TracedKafka kafka = TracedKafka.builder()
					.kafka((builder) -> builder.producerListener(new FaultyProducerListener()))
					.start()) {
			for (int i = 0; i < MESSAGES; i++) {
				kafka.send(topic, "a book");
			}
			assertThat(kafka.spans().await("send " + topic, MESSAGES)).hasSize(MESSAGES);
			assertThat(warnings.messages()).hasSize(1);
		}
	}

	@Test
	void producerListenerThatDoesNothingStillEndsTheSpan() {
		TracingProducerListener idle = new TracingProducerListener(MessagingTracing.create(OpenTelemetry.noop())) {

			@Override
			public void onSuccess(ProducerRecord<Object, Object> record, @Nullable RecordMetadata metadata) {
			}

		};
		String topic = KafkaBroker.newTopic("faults");
		try (TracedKafka kafka = TracedKafka.builder().kafka((builder) -> builder.producerListener(idle)).start()) {
			kafka.send(topic, "a book");
			kafka.spans().await("send " + topic);
		}
	}

	@Test
	void everyFaultIsWarnedOfWithoutAnInterval() {
		String topic = KafkaBroker.newTopic("faults");
		try (Warnings warnings = new Warnings();
				TracedKafka kafka = TracedKafka.builder()
					.tracers((tracers) -> tracers
						.setSampler(new FaultySampler(() -> new IllegalStateException("injected"))))
					.messaging((messaging) -> messaging.faults(new Faults(Duration.ZERO)))
					.start()) {
			for (int i = 0; i < MESSAGES; i++) {
				kafka.send(topic, "a book");
			}
			assertThat(warnings.messages()).hasSize(MESSAGES);
		}
	}

	private record Fault(String name, TracedKafka.Builder kafka) {

		static <T> T raise(Throwable thrown) {
			if (thrown instanceof Error error) {
				throw error;
			}
			throw (RuntimeException) thrown;
		}

		@Override
		public String toString() {
			return this.name;
		}

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
			setter.set(carrier, "half", "written");
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
				Fault.raise(this.thrown.get());
			}
		}

	}

	private record FaultySampler(Supplier<? extends Throwable> thrown) implements Sampler {

		@Override
		public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
				Attributes attributes, List<LinkData> parentLinks) {
			return Fault.raise(this.thrown.get());
		}

		@Override
		public String getDescription() {
			return "faulty";
		}

	}

	private record FaultyProcessor(boolean atStart, Supplier<? extends Throwable> thrown) implements SpanProcessor {

		@Override
		public void onStart(Context parentContext, ReadWriteSpan span) {
			Fault.raise(this.thrown.get());
		}

		@Override
		public boolean isStartRequired() {
			return this.atStart;
		}

		@Override
		public void onEnd(ReadableSpan span) {
			Fault.raise(this.thrown.get());
		}

		@Override
		public boolean isEndRequired() {
			return !this.atStart;
		}

	}

	private record FaultyInstruments(Supplier<? extends Throwable> thrown) implements OperationMetrics {

		@Override
		public void completed(double seconds, int messages, @Nullable String errorType) {
			Fault.raise(this.thrown.get());
		}

		@Override
		public void timeInQueue(TimeInQueue timeInQueue) {
			Fault.raise(this.thrown.get());
		}

	}

	private static final class FaultyProducerListener extends TracingProducerListener {

		FaultyProducerListener() {
			super(MessagingTracing.create(OpenTelemetry.noop()));
		}

		@Override
		public void onSuccess(ProducerRecord<Object, Object> record, @Nullable RecordMetadata metadata) {
			throw new IllegalStateException("injected");
		}

	}

}
