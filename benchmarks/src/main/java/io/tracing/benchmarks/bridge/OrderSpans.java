// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;

/**
 * Spans as a web application ends them: nine attributes, traces of eight spans, an event
 * in every tenth.
 */
final class OrderSpans {

	static final Resource RESOURCE = Resource.create(Attributes.builder()
		.put("service.name", "orders")
		.put("service.instance.id", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736")
		.put("host.name", "orders-7d9c6b5f4-x2x9k")
		.build());

	private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");

	private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");

	private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");

	private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");

	private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

	private static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");

	private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");

	private static final AttributeKey<String> PROTOCOL = AttributeKey.stringKey("network.protocol.version");

	private static final AttributeKey<String> THREAD = AttributeKey.stringKey("thread.name");

	private static final Attributes EVENT = Attributes.of(AttributeKey.stringKey("cache.name"), "prices");

	private static final int SPANS_OF_TRACE = 8;

	private static final int SPANS_PER_EVENT = 10;

	private final Tracer tracer;

	private Context parent = Context.root();

	private long number;

	OrderSpans(Tracer tracer) {
		this.tracer = tracer;
	}

	/**
	 * Start a span and end it.
	 */
	void end() {
		if (this.number++ % SPANS_OF_TRACE == 0) {
			this.parent = Context.root();
		}
		Span span = this.tracer.spanBuilder("GET /orders/{id}")
			.setParent(this.parent)
			.setSpanKind(SpanKind.SERVER)
			.setAttribute(METHOD, "GET")
			.setAttribute(ROUTE, "/orders/{id}")
			.setAttribute(PATH, "/orders/" + this.number)
			.setAttribute(SCHEME, "https")
			.setAttribute(ADDRESS, "orders.example.com")
			.setAttribute(PORT, 8443)
			.setAttribute(PROTOCOL, "1.1")
			.setAttribute(THREAD, "http-nio-8443-exec-7")
			.startSpan();
		if (this.number % SPANS_PER_EVENT == 0) {
			span.addEvent("cache miss", EVENT);
		}
		span.setAttribute(STATUS, 200);
		span.end();
		this.parent = this.parent.with(span);
	}

}
