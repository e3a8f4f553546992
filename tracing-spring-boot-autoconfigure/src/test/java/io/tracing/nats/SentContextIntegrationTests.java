// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageEntryMetadata;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TracedNats;
import io.tracing.testing.Warnings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Invariant 6 on a real server: at most one value of each propagation field is on a
 * message, under its lower-case name, whatever was there before and whatever the
 * propagator.
 */
@SuppressWarnings("try")
class SentContextIntegrationTests {

	private static final byte[] BODY = new byte[] { 1 };

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String subject = NatsServer.newName("wire");

	@ParameterizedTest
	@ValueSource(strings = { "traceparent", "Traceparent", "TRACEPARENT" })
	void messageForwardedOutsideOfAnySpanStaysInItsTrace(String staleName) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Headers headers = new Headers().put(staleName, TraceParentVector.VALID);
			Map<String, List<String>> received = publish(nats, headers);
			SpanData span = nats.spans().await("publish " + this.subject);
			assertThat(span.getTraceId()).isEqualTo(TraceParentVector.TRACE_ID);
			assertThat(span.getParentSpanId()).isEqualTo(TraceParentVector.SPAN_ID);
			assertThat(span.getLinks()).isEmpty();
			assertThat(received).isEqualTo(Map.of("traceparent", List.of(traceParent(span))));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "traceparent", "Traceparent", "TRACEPARENT" })
	void messageForwardedInASpanIsLinkedToWhereItCameFrom(String staleName) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Headers headers = new Headers().put(staleName, TraceParentVector.VALID);
			Span work = nats.sdk().getTracer("test").spanBuilder("work").startSpan();
			Map<String, List<String>> received;
			try (Scope scope = work.makeCurrent()) {
				received = publish(nats, headers);
			}
			work.end();
			SpanData span = nats.spans().await("publish " + this.subject);
			assertThat(span.getParentSpanContext()).isEqualTo(work.getSpanContext());
			assertThat(span.getLinks()).singleElement()
				.satisfies(
						(link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(TraceParentVector.SPAN_ID));
			assertThat(received).isEqualTo(Map.of("traceparent", List.of(traceParent(span))));
		}
	}

	@Test
	void severalSpellingsBecomeOne() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Headers headers = new Headers()
				.put("Traceparent", "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-01")
				.put("traceparent", TraceParentVector.VALID)
				.put("TRACEPARENT", "garbage")
				.put("TraceState", "foo=1")
				.put("Baggage", "tenant=stale")
				.put("mine", "one");
			Map<String, List<String>> received = publish(nats, headers);
			SpanData span = nats.spans().await("publish " + this.subject);
			assertThat(span.getParentSpanId()).isEqualTo(TraceParentVector.SPAN_ID);
			assertThat(received).containsOnlyKeys("traceparent", "tracestate", "baggage", "mine");
			assertThat(received).containsEntry("traceparent", List.of(traceParent(span)))
				.containsEntry("tracestate", List.of("foo=1"))
				.containsEntry("baggage", List.of("tenant=stale"));
		}
	}

	@Test
	void staleFieldsOfAMessageThatIsSentInASpanAreRemoved() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Headers headers = new Headers().put("tracestate", "foo=1").put("Baggage", "tenant=stale");
			Span work = nats.sdk().getTracer("test").spanBuilder("work").startSpan();
			try (Scope scope = work.makeCurrent()) {
				assertThat(publish(nats, headers)).containsOnlyKeys("traceparent");
			}
			work.end();
		}
	}

	@Test
	void invalidTraceParentIsReplaced() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Map<String, List<String>> received = publish(nats,
					new Headers().put("traceparent", "garbage", TraceParentVector.VALID));
			SpanData span = nats.spans().await("publish " + this.subject);
			assertThat(span.getParentSpanContext().isValid()).isFalse();
			assertThat(span.getLinks()).isEmpty();
			assertThat(received).isEqualTo(Map.of("traceparent", List.of(traceParent(span))));
		}
	}

	@Test
	void spanThatSomebodyElseMadeOfTheSendIsNotDoubled() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Span other = nats.sdk().getTracer("other").spanBuilder("publish by another").startSpan();
			Headers headers = new Headers();
			Map<String, List<String>> received;
			try (Scope scope = other.makeCurrent()) {
				nats.sdk()
					.getPropagators()
					.getTextMapPropagator()
					.inject(Context.current(), headers, NatsHeadersSetter.INSTANCE);
				received = publish(nats, headers);
				nats.connection().request(this.subject + ".asked", headers, BODY, PATIENCE);
			}
			other.end();
			assertThat(nats.spans().ended()).hasSize(1);
			assertThat(received.get("traceparent")).singleElement()
				.asString()
				.contains(other.getSpanContext().getSpanId());
		}
	}

	@Test
	void b3InOneHeaderGoesThereAndBack() throws Exception {
		assertGoesThereAndBack(B3Propagator.injectingSingleHeader(), "b3");
	}

	@Test
	void b3InSeveralHeadersGoesThereAndBack() throws Exception {
		assertGoesThereAndBack(B3Propagator.injectingMultiHeaders(), "X-B3-TraceId", "X-B3-SpanId", "X-B3-Sampled");
	}

	private void assertGoesThereAndBack(TextMapPropagator propagator, String... names) throws Exception {
		try (TracedNats nats = TracedNats.builder().propagator(propagator).start()) {
			nats.connection().createDispatcher((message) -> {
			}).subscribe(this.subject);
			nats.flush();
			assertThat(publish(nats, null)).containsOnlyKeys(names);
			SpanData publish = nats.spans().await("publish " + this.subject);
			SpanData process = nats.spans().await("process " + this.subject);
			assertThat(process.getParentSpanId()).isEqualTo(publish.getSpanId());
			assertThat(process.getTraceId()).isEqualTo(publish.getTraceId());
		}
	}

	@Test
	void baggageTravelsAndIsWrittenOnce() throws Exception {
		try (TracedNats nats = TracedNats.start();
				Scope scope = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
			Headers headers = new Headers().put("baggage", "tenant=stale").put("Baggage", "tenant=older");
			assertThat(publish(nats, headers)).containsEntry("baggage", List.of("tenant=acme"))
				.containsOnlyKeys("traceparent", "baggage");
		}
	}

	@Test
	void baggageThatIsNotAsciiIsEncoded() throws Exception {
		try (Warnings warnings = new Warnings();
				TracedNats nats = TracedNats.start();
				Scope scope = Baggage.builder().put("customer", "Zoë, 東京\r\n").build().makeCurrent()) {
			Subscription subscription = nats.connection().subscribe(this.subject);
			nats.connection().publish(this.subject, BODY);
			Message message = subscription.nextMessage(PATIENCE);
			assertThat(message.getHeaders().getFirst("baggage"))
				.isEqualTo("customer=Zo%C3%AB%2C%20%E6%9D%B1%E4%BA%AC%0D%0A");
			nats.tracing()
				.process(message,
						(received) -> assertThat(Baggage.current().getEntryValue("customer")).isEqualTo("Zoë, 東京\r\n"));
			assertThat(warnings.messages()).isEmpty();
		}
	}

	@Test
	void metadataOfBaggageThatIsNotAsciiIsEncoded() throws Exception {
		Baggage baggage = Baggage.builder().put("customer", "zoe", BaggageEntryMetadata.create("Zoë")).build();
		try (TracedNats nats = TracedNats.start(); Scope scope = baggage.makeCurrent()) {
			assertThat(publish(nats, null)).containsEntry("baggage", List.of("customer=zoe;Zo%C3%AB"));
		}
	}

	@Test
	void propagatorThatWritesWhatNoHeaderCanCarryCostsTheContext() throws Exception {
		TextMapPropagator careless = new TextMapPropagator() {

			@Override
			public Collection<String> fields() {
				return List.of("customer");
			}

			@Override
			public <C> void inject(Context context, C carrier, TextMapSetter<C> setter) {
				setter.set(carrier, "customer", "Zoë");
			}

			@Override
			public <C> Context extract(Context context, C carrier, TextMapGetter<C> getter) {
				return context;
			}

		};
		try (Warnings warnings = new Warnings();
				TracedNats nats = TracedNats.builder()
					.propagator(TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(), careless))
					.start()) {
			assertThat(publish(nats, new Headers().put("mine", "one"))).isEqualTo(Map.of("mine", List.of("one")));
			nats.spans().await("publish " + this.subject);
			assertThat(warnings.messages()).hasSize(1);
		}
	}

	@Test
	void withoutPropagationAMessageGoesOutAsItCame() throws Exception {
		try (TracedNats nats = TracedNats.builder().nats((builder) -> builder.propagation(false)).start()) {
			Subscription subscription = nats.raw().subscribe(this.subject);
			nats.connection().publish(this.subject, BODY);
			assertThat(subscription.nextMessage(PATIENCE).getHeaders()).isNull();
			assertThat(publish(nats, new Headers().put("mine", "one"))).isEqualTo(Map.of("mine", List.of("one")));
			assertThat(publish(nats, new Headers().put("Traceparent", TraceParentVector.VALID)))
				.isEqualTo(Map.of("Traceparent", List.of(TraceParentVector.VALID)));
			nats.spans().await("publish " + this.subject, 3);
		}
	}

	private Map<String, List<String>> publish(TracedNats nats, Headers headers) throws Exception {
		Subscription subscription = nats.raw().subscribe(this.subject);
		nats.connection().publish(this.subject, headers, BODY);
		Message message = subscription.nextMessage(PATIENCE);
		subscription.unsubscribe();
		assertThat(message.getData()).isEqualTo(BODY);
		return message.getHeaders().toMap();
	}

	private static String traceParent(SpanData span) {
		return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getSpanContext().getTraceFlags().asHex();
	}

}
