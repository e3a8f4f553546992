// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Code in a span of its own, over a real SDK.
 */
class SpanTemplateTests {

	private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

	private final SdkTracerProvider tracers = SdkTracerProvider.builder()
		.addSpanProcessor(SimpleSpanProcessor.create(this.exporter))
		.build();

	private final Faults faults = new Faults(Duration.ofMinutes(1));

	private final SpanTemplate spans = new SpanTemplate(this.tracers.get("test"), this.faults);

	@AfterEach
	void threadIsClean() {
		assertThat(Context.current()).isSameAs(Context.root());
		this.tracers.close();
	}

	@Test
	void spanIsCurrentWhileTheCodeRunsAndEndsOnce() {
		String result = this.spans.call("price order", (span) -> {
			assertThat(Span.current()).isSameAs(span);
			span.setAttribute("order.id", "42");
			return "12 EUR";
		});
		assertThat(result).isEqualTo("12 EUR");
		SpanData span = onlySpan();
		assertThat(span.getName()).isEqualTo("price order");
		assertThat(span.getKind()).isEqualTo(SpanKind.INTERNAL);
		assertThat(span.getStatus()).isEqualTo(StatusData.unset());
		assertThat(span.getAttributes().asMap()).isEqualTo(Map.of(AttributeKey.stringKey("order.id"), "42"));
	}

	@Test
	void nullIsAResult() {
		assertThat(this.spans.<Object, RuntimeException>call("nothing", (span) -> null)).isNull();
	}

	@Test
	void nestedCallsAreChildren() {
		this.spans.run("outer", (outer) -> this.spans.run("inner", (inner) -> {
		}));
		assertThat(this.exporter.getFinishedSpanItems()).extracting(SpanData::getName)
			.containsExactly("inner", "outer");
		SpanData inner = this.exporter.getFinishedSpanItems().get(0);
		SpanData outer = this.exporter.getFinishedSpanItems().get(1);
		assertThat(inner.getParentSpanId()).isEqualTo(outer.getSpanId());
	}

	@Test
	void kindAndAttributesAreThereAtTheStart() {
		Attributes attributes = Attributes.of(AttributeKey.stringKey("peer.service"), "carrier");
		this.spans.run("ask", SpanKind.CLIENT, attributes, (span) -> {
		});
		assertThat(onlySpan().getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(onlySpan().getAttributes().asMap()).isEqualTo(attributes.asMap());
	}

	@Test
	void checkedExceptionIsRecordedAndGoesOnAsItIs() {
		IOException thrown = new IOException("disk full");
		assertThatThrownBy(() -> this.spans.call("write", (span) -> {
			throw thrown;
		})).isSameAs(thrown);
		SpanData span = onlySpan();
		assertThat(span.getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "disk full"));
		assertThat(span.getAttributes().get(MessagingAttributes.ERROR_TYPE)).isEqualTo("java.io.IOException");
		assertThat(span.getEvents()).hasSize(1);
	}

	@Test
	void errorIsRecordedAndGoesOnAsItIs() {
		StackOverflowError thrown = new StackOverflowError();
		assertThatThrownBy(() -> this.spans.run("recurse", (span) -> {
			throw thrown;
		})).isSameAs(thrown);
		assertThat(onlySpan().getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, ""));
	}

	@Test
	void spanThatTheCodeEndsItselfEndsOnce() {
		this.spans.run("early", Span::end);
		assertThat(this.exporter.getFinishedSpanItems()).hasSize(1);
	}

	@Test
	@SuppressWarnings("try")
	void baggageIsKept() {
		try (Scope scope = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
			this.spans.run("inside", (span) -> assertThat(Baggage.current().getEntryValue("tenant")).isEqualTo("acme"));
		}
	}

	@Test
	void faultOfTheTracerNeverReachesTheCaller() {
		SpanTemplate faulty = new SpanTemplate((name) -> {
			throw new IllegalStateException("injected");
		}, this.faults);
		assertThat(faulty.<Integer, RuntimeException>call("anything", (span) -> {
			span.setAttribute("does", "not matter");
			return 42;
		})).isEqualTo(42);
		assertThat(this.faults.count()).isEqualTo(1);
	}

	@Test
	void spanBuilderThatIsMissingNeverReachesTheCaller() {
		SpanBuilder none = null;
		SpanTemplate faulty = new SpanTemplate((name) -> none, this.faults);
		faulty.run("anything", (span) -> assertThat(span.getSpanContext().isValid()).isFalse());
		assertThat(this.faults.count()).isEqualTo(1);
	}

	private SpanData onlySpan() {
		assertThat(this.exporter.getFinishedSpanItems()).hasSize(1);
		return this.exporter.getFinishedSpanItems().get(0);
	}

}
