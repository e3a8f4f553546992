// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.backend;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * Takes OTLP over HTTP and decodes it with the official classes. Spans are handed on, log
 * records and metrics are counted.
 */
public final class OtlpBackend implements AutoCloseable {

	private static final int THREADS = 4;

	private final HttpServer server;

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, (task) -> {
		Thread thread = new Thread(task, "otlp-backend");
		thread.setDaemon(true);
		return thread;
	});

	private final Consumer<SpanData> spans;

	private final LongAdder spanCount = new LongAdder();

	private final LongAdder logRecordCount = new LongAdder();

	private final LongAdder dataPointCount = new LongAdder();

	private OtlpBackend(Consumer<SpanData> spans) {
		this.spans = spans;
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("the backend for telemetry can't listen on any port", ex);
		}
		this.server.setExecutor(this.threads);
		this.server.createContext("/v1/traces", (exchange) -> receive(exchange, this::receiveSpans));
		this.server.createContext("/v1/logs", (exchange) -> receive(exchange, this::receiveLogRecords));
		this.server.createContext("/v1/metrics", (exchange) -> receive(exchange, this::receiveMetrics));
	}

	/**
	 * Start a backend that only this machine can reach.
	 * @param spans takes every span
	 * @return the running backend
	 */
	public static OtlpBackend start(Consumer<SpanData> spans) {
		OtlpBackend backend = new OtlpBackend(spans);
		backend.server.start();
		return backend;
	}

	/**
	 * Return what to configure as the endpoint of a bridge.
	 * @return the URL, without a path
	 */
	public String url() {
		return "http://localhost:" + this.server.getAddress().getPort();
	}

	/**
	 * Return in words how much of each signal has come.
	 * @return the counts
	 */
	public String counts() {
		return "%d spans, %d log records, %d data points of metrics".formatted(this.spanCount.sum(),
				this.logRecordCount.sum(), this.dataPointCount.sum());
	}

	private void receive(HttpExchange exchange, Signal signal) throws IOException {
		try (exchange) {
			int status = 200;
			try (InputStream body = body(exchange)) {
				signal.receive(body.readAllBytes());
			}
			catch (InvalidProtocolBufferException ex) {
				status = 400;
			}
			exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
			exchange.sendResponseHeaders(status, -1);
		}
	}

	private static InputStream body(HttpExchange exchange) throws IOException {
		boolean compressed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
		return compressed ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
	}

	private void receiveSpans(byte[] body) throws InvalidProtocolBufferException {
		for (SpanData span : ReceivedSpan.all(ExportTraceServiceRequest.parseFrom(body))) {
			this.spanCount.increment();
			this.spans.accept(span);
		}
	}

	private void receiveLogRecords(byte[] body) throws InvalidProtocolBufferException {
		ExportLogsServiceRequest.parseFrom(body)
			.getResourceLogsList()
			.forEach((resource) -> resource.getScopeLogsList()
				.forEach((scope) -> this.logRecordCount.add(scope.getLogRecordsCount())));
	}

	private void receiveMetrics(byte[] body) throws InvalidProtocolBufferException {
		ExportMetricsServiceRequest.parseFrom(body)
			.getResourceMetricsList()
			.forEach((resource) -> resource.getScopeMetricsList()
				.forEach((scope) -> scope.getMetricsList()
					.forEach((metric) -> this.dataPointCount.add(dataPoints(metric)))));
	}

	private static int dataPoints(Metric metric) {
		return metric.getGauge().getDataPointsCount() + metric.getSum().getDataPointsCount()
				+ metric.getHistogram().getDataPointsCount() + metric.getExponentialHistogram().getDataPointsCount()
				+ metric.getSummary().getDataPointsCount();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/**
	 * What is done with the body of a request.
	 */
	private interface Signal {

		void receive(byte[] body) throws InvalidProtocolBufferException;

	}

}
