// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.trace;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;

/**
 * A backend for OTLP over HTTP that decodes spans with the official classes and accepts
 * all else.
 */
public final class OtlpReceiver implements AutoCloseable {

	private final HttpServer server;

	private final List<TracedSpan> spans = new CopyOnWriteArrayList<>();

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	public OtlpReceiver() throws IOException {
		this(0);
	}

	public OtlpReceiver(int port) throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
		this.server.createContext("/v1/traces", this::receive);
		this.server.createContext("/", OtlpReceiver::accept);
		this.server.start();
	}

	public String endpoint() {
		return "http://localhost:" + this.server.getAddress().getPort();
	}

	/**
	 * The spans that have arrived.
	 * @return the spans of all traces
	 */
	public List<TracedSpan> spans() {
		if (!this.failures.isEmpty()) {
			throw new IllegalStateException("a request could not be decoded", this.failures.get(0));
		}
		return List.copyOf(this.spans);
	}

	private void receive(HttpExchange exchange) throws IOException {
		try {
			for (ResourceSpans resource : ExportTraceServiceRequest.parseFrom(body(exchange)).getResourceSpansList()) {
				receive(resource);
			}
		}
		catch (IOException | RuntimeException ex) {
			this.failures.add(ex);
		}
		accept(exchange);
	}

	private void receive(ResourceSpans resource) {
		String service = resource.getResource()
			.getAttributesList()
			.stream()
			.filter((attribute) -> attribute.getKey().equals("service.name"))
			.map((attribute) -> TracedSpan.text(attribute.getValue()))
			.findFirst()
			.orElse("?");
		for (ScopeSpans scope : resource.getScopeSpansList()) {
			scope.getSpansList().forEach((span) -> this.spans.add(TracedSpan.of(service, span)));
		}
	}

	private static InputStream body(HttpExchange exchange) throws IOException {
		boolean compressed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
		return compressed ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
	}

	private static void accept(HttpExchange exchange) throws IOException {
		exchange.getRequestBody().readAllBytes();
		exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
		exchange.sendResponseHeaders(200, -1);
		exchange.close();
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
