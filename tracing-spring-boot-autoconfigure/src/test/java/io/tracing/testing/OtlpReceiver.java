// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;

import javax.net.ssl.SSLContext;

import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.telemetry.wire.Signal;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A backend that takes OTLP over HTTP, and is as strict as one can be: it understands
 * every byte or answers 400. A test tells it when to answer otherwise. It is stopped to
 * refuse connections, and comes back on its port.
 */
public final class OtlpReceiver implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final RawHttpServer server;

	private final boolean encrypted;

	private final Map<String, Signal> paths = new ConcurrentHashMap<>(
			Map.of("/v1/traces", Signal.SPANS, "/v1/logs", Signal.LOGS, "/v1/metrics", Signal.METRICS));

	private final Map<String, Queue<OtlpAnswer>> scripts = new ConcurrentHashMap<>();

	private final Map<String, LongAdder> statuses = new ConcurrentHashMap<>();

	private final Queue<OtlpRequest> requests = new ConcurrentLinkedQueue<>();

	private final Queue<String> faults = new ConcurrentLinkedQueue<>();

	private final KeptRecords records = new KeptRecords();

	private volatile Function<OtlpRequest, @Nullable OtlpAnswer> rule = (request) -> null;

	private volatile Predicate<Span> badSpan = (span) -> false;

	private volatile Predicate<LogRecord> badLogRecord = (log) -> false;

	private volatile Predicate<Metric> badMetric = (metric) -> false;

	private volatile int maxRequestBytes = Integer.MAX_VALUE;

	private volatile boolean countOnly;

	private OtlpReceiver(@Nullable SSLContext sslContext, boolean clientAuthentication) {
		this.encrypted = sslContext != null;
		this.server = new RawHttpServer(this::handle, sslContext, clientAuthentication);
		this.server.start();
	}

	/**
	 * Start a receiver on a port of its own.
	 * @return the receiver, which takes all that is valid
	 */
	public static OtlpReceiver start() {
		return new OtlpReceiver(null, false);
	}

	/**
	 * Start a receiver that is spoken to by TLS.
	 * @param sslContext its certificate
	 * @param clientAuthentication whether clients need a certificate too
	 * @return the receiver
	 */
	public static OtlpReceiver start(SSLContext sslContext, boolean clientAuthentication) {
		return new OtlpReceiver(sslContext, clientAuthentication);
	}

	/**
	 * Return what to configure as the endpoint.
	 * @return the URL, without a path
	 */
	public String url() {
		return (this.encrypted ? "https" : "http") + "://localhost:" + this.server.port();
	}

	public int port() {
		return this.server.port();
	}

	/**
	 * Return how many connections are open.
	 * @return how many
	 */
	public int connections() {
		return this.server.connections();
	}

	/**
	 * Return how many connections there have been.
	 * @return how many
	 */
	public int connectionsSoFar() {
		return this.server.connectionsSoFar();
	}

	/**
	 * Break all connections and refuse new ones.
	 */
	public void stop() {
		this.server.stop();
	}

	/**
	 * Take connections again, on the same port.
	 */
	public void restart() {
		this.server.start();
	}

	/**
	 * Take a signal on another path as well.
	 * @param path the path, with the query if there is one
	 * @param signal the signal
	 */
	public void serve(String path, Signal signal) {
		this.paths.put(path, signal);
	}

	/**
	 * Answer the next requests of a path in this order, and those after them as ever.
	 * @param path the path
	 * @param answers one for each request
	 */
	public void answer(String path, OtlpAnswer... answers) {
		this.scripts.computeIfAbsent(path, (key) -> new ConcurrentLinkedQueue<>()).addAll(Arrays.asList(answers));
	}

	/**
	 * Answer every request that has no answer of {@link #answer} by a rule, until there
	 * is another rule.
	 * @param rule gives the answer, or {@code null} to answer as ever; it sees messages
	 * that are parsed, and {@code null} for those that can't be
	 */
	public void answerBy(Function<OtlpRequest, @Nullable OtlpAnswer> rule) {
		this.rule = rule;
	}

	/**
	 * Answer every request in the same way, until there is another rule.
	 * @param answer the answer
	 */
	public void answerAll(OtlpAnswer answer) {
		this.rule = (request) -> answer;
	}

	/**
	 * Answer as ever from now on.
	 */
	public void answerAsEver() {
		this.scripts.clear();
		this.rule = (request) -> null;
	}

	/**
	 * Answer 400 to every request with such a span in it.
	 * @param bad whether the span is bad
	 */
	public void rejectIf(Predicate<Span> bad) {
		this.badSpan = bad;
	}

	public void rejectLogRecordIf(Predicate<LogRecord> bad) {
		this.badLogRecord = bad;
	}

	public void rejectMetricIf(Predicate<Metric> bad) {
		this.badMetric = bad;
	}

	/**
	 * Answer 413 to requests that are longer.
	 * @param maxRequestBytes how long they may be before they are compressed
	 */
	public void maxRequestBytes(int maxRequestBytes) {
		this.maxRequestBytes = maxRequestBytes;
	}

	/**
	 * Keep no records and no requests from now on, only counts: for runs with millions.
	 */
	public void countOnly() {
		this.countOnly = true;
		this.records.countOnly();
	}

	private boolean handle(RawHttpServer.Connection connection) throws IOException, InterruptedException {
		String path = connection.path();
		OtlpAnswer scripted = next(path);
		if (scripted != null && scripted.isBeforeBody()) {
			count(path, scripted.status());
			return scripted.write(connection);
		}
		byte[] sent = connection.readBody();
		Signal signal = this.paths.get(path);
		OtlpRequest request = new OtlpRequest(path, connection.headers(), sent.length, signal, null);
		OtlpAnswer fault = null;
		try {
			request = OtlpRequestReader.read(connection.method(), request, sent);
		}
		catch (OtlpRequestReader.RefusedRequestException ex) {
			fault = ex.answer();
			this.faults.add(path + ": " + ex.getMessage());
		}
		OtlpAnswer answer = (scripted != null) ? scripted : this.rule.apply(request);
		return finish(connection, request, (answer != null) ? answer : (fault != null) ? fault : verdict(request));
	}

	private @Nullable OtlpAnswer next(String path) {
		Queue<OtlpAnswer> script = this.scripts.get(path);
		return (script != null) ? script.poll() : null;
	}

	private boolean finish(RawHttpServer.Connection connection, OtlpRequest request, OtlpAnswer answer)
			throws IOException, InterruptedException {
		if (!this.countOnly) {
			this.requests.add(request.withoutMessage());
		}
		// What is counted is there: a test that waits for the answer looks at it next.
		if (answer.isKept() && request.message() != null) {
			this.records.keep(request.message());
		}
		count(request.path(), answer.status());
		return answer.write(connection);
	}

	private OtlpAnswer verdict(OtlpRequest request) {
		Message message = request.message();
		if (message != null && message.getSerializedSize() > this.maxRequestBytes) {
			return OtlpAnswer.status(413).message("The request has " + message.getSerializedSize() + " bytes");
		}
		boolean bad = false;
		if (message instanceof ExportTraceServiceRequest traces) {
			bad = KeptRecords.spans(traces).stream().map(Received::record).anyMatch(this.badSpan);
		}
		else if (message instanceof ExportLogsServiceRequest logs) {
			bad = KeptRecords.logRecords(logs).stream().map(Received::record).anyMatch(this.badLogRecord);
		}
		else if (message instanceof ExportMetricsServiceRequest metrics) {
			bad = KeptRecords.metrics(metrics).stream().map(Received::record).anyMatch(this.badMetric);
		}
		return bad ? OtlpAnswer.status(400).message("The request has a bad record") : OtlpAnswer.ok();
	}

	private void count(String path, int status) {
		this.statuses.computeIfAbsent(path + " " + status, (key) -> new LongAdder()).increment();
	}

	public List<Received<Span>> spans() {
		return this.records.spans();
	}

	public List<Received<LogRecord>> logRecords() {
		return this.records.logRecords();
	}

	public List<Received<Metric>> metrics() {
		return this.records.metrics();
	}

	/**
	 * Return how many records were taken, those that came twice counted twice.
	 * @param signal which records
	 * @return how many
	 */
	public long count(Signal signal) {
		return this.records.counts(signal).total();
	}

	/**
	 * Return how many records were taken, those that came twice counted once. Spans are
	 * the same if their span ids are, others if all of them is.
	 * @param signal which records
	 * @return how many
	 */
	public long distinct(Signal signal) {
		return this.records.counts(signal).distinct();
	}

	/**
	 * Return the requests so far, without what they say.
	 * @return the requests, also those that were not answered well
	 */
	public List<OtlpRequest> requests() {
		return List.copyOf(this.requests);
	}

	/**
	 * Return how many requests of a path were answered with a status.
	 * @param path the path
	 * @param status the status; 0 is for no answer at all
	 * @return how many
	 */
	public long requests(String path, int status) {
		LongAdder count = this.statuses.get(path + " " + status);
		return (count != null) ? count.sum() : 0;
	}

	public long requests(String path) {
		return this.statuses.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith(path + " "))
			.mapToLong((entry) -> entry.getValue().sum())
			.sum();
	}

	/**
	 * Return what was wrong with requests. A bridge that does its work causes none of it.
	 * @return one text for each request that was not valid
	 */
	public List<String> faults() {
		return List.copyOf(this.faults);
	}

	/**
	 * Wait until so many different spans are there.
	 * @param count how many
	 * @return all spans
	 */
	public List<Received<Span>> awaitSpans(int count) {
		await(Signal.SPANS, count);
		return spans();
	}

	public List<Received<LogRecord>> awaitLogRecords(int count) {
		await(Signal.LOGS, count);
		return logRecords();
	}

	public List<Received<Metric>> awaitMetrics(int count) {
		await(Signal.METRICS, count);
		return metrics();
	}

	/**
	 * Wait until so many different records are there.
	 * @param signal which records
	 * @param count how many
	 */
	public void await(Signal signal, int count) {
		Awaitility.await(count + " " + signal.text() + "; faults: " + this.faults)
			.atMost(LIMIT)
			.until(() -> distinct(signal), (distinct) -> distinct >= count);
	}

	/**
	 * Wait until so many requests of a path were answered with a status.
	 * @param path the path
	 * @param status the status
	 * @param count how many
	 */
	public void awaitRequests(String path, int status, int count) {
		Awaitility.await(count + " requests of " + path + " with " + status)
			.atMost(LIMIT)
			.until(() -> requests(path, status), (requests) -> requests >= count);
	}

	@Override
	public void close() {
		this.server.close();
	}

}
