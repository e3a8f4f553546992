// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TraceCollectorTests {

	private final TraceCollector collector = new TraceCollector(3, 2);

	private final SdkTracerProvider provider = SdkTracerProvider.builder().addSpanProcessor(this.collector).build();

	private final Tracer tracer = this.provider.get("test");

	@AfterEach
	void shutDown() {
		this.provider.close();
	}

	@Test
	void anOpenSpanIsReplacedByItsEnd() {
		Span span = start("order", null);
		assertThat(collected(span)).singleElement().returns(false, SpanData::hasEnded);
		span.end();
		assertThat(collected(span)).singleElement().returns(true, SpanData::hasEnded);
	}

	@Test
	void theOldestTraceIsEvictedFirst() {
		List<String> ids = List.of("a", "b", "c", "d").stream().map((name) -> ended(name, null)).toList();
		assertThat(this.collector.traceIds()).containsExactlyElementsOf(ids.subList(1, 4));
	}

	@Test
	void aTraceTakesABoundedNumberOfSpans() {
		Span root = start("root", null);
		ended("first", root);
		ended("second", root);
		root.end();
		CollectedTrace trace = this.collector.trace(root.getSpanContext().getTraceId());
		assertThat(trace.spans()).extracting(SpanData::getName).containsExactly("root", "first");
		assertThat(trace.problems()).containsExactly("1 spans were dropped: the trace is larger than what is kept");
	}

	@Test
	void aTraceThatLinksIsFoundThroughTheOneItLinksTo() {
		Span producer = start("send", null);
		producer.end();
		this.tracer.spanBuilder("process").setNoParent().addLink(producer.getSpanContext()).startSpan().end();
		assertThat(collected(producer)).extracting(SpanData::getName).containsExactly("send", "process");
	}

	@Test
	void listenersHearOfEndsUntilTheyStopListening() {
		List<String> ended = new CopyOnWriteArrayList<>();
		Runnable stop = this.collector.onSpanEnd((span) -> ended.add(span.getName()));
		ended("heard", null);
		stop.run();
		ended("unheard", null);
		assertThat(ended).containsExactly("heard");
	}

	private String ended(String name, @Nullable Span parent) {
		Span span = start(name, parent);
		span.end();
		return span.getSpanContext().getTraceId();
	}

	private Span start(String name, @Nullable Span parent) {
		Context context = (parent != null) ? Context.root().with(parent) : Context.root();
		return this.tracer.spanBuilder(name).setParent(context).startSpan();
	}

	private List<SpanData> collected(Span span) {
		return this.collector.trace(span.getSpanContext().getTraceId()).spans();
	}

}
