// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLContext;

import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Sends export requests to the backend, and says what became of them. Many threads may
 * send at once: each waits for its own answer. Redirections are not followed, as a POST
 * does not survive most of them.
 */
final class OtlpHttpSender implements AutoCloseable {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

	private static final long IDLE_THREAD_SECONDS = 10;

	private final OtlpHttpOptions options;

	private final Map<Signal, HttpClient> clients = new EnumMap<>(Signal.class);

	private final Map<Signal, HttpRequest.Builder> requests = new EnumMap<>(Signal.class);

	private final Set<CompletableFuture<?>> inFlight = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	OtlpHttpSender(OtlpHttpOptions options) {
		this.options = options;
		Executor executor = executor();
		Map<@Nullable SSLContext, HttpClient> bySslContext = new IdentityHashMap<>();
		for (Signal signal : Signal.values()) {
			OtlpTarget target = options.target(signal);
			this.clients.put(signal,
					bySslContext.computeIfAbsent(target.sslContext(), (sslContext) -> client(sslContext, executor)));
			this.requests.put(signal, request(target));
		}
	}

	// The threads end by themselves: the client goes on to use them while it winds down.
	private static Executor executor() {
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_THREAD_SECONDS, TimeUnit.SECONDS,
				new SynchronousQueue<>(), (task) -> {
					Thread thread = new Thread(task, "tracing-bridge-http");
					thread.setDaemon(true);
					return thread;
				});
	}

	private static HttpClient client(@Nullable SSLContext sslContext, Executor executor) {
		HttpClient.Builder client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.connectTimeout(CONNECT_TIMEOUT)
			.executor(executor);
		return ((sslContext != null) ? client.sslContext(sslContext) : client).build();
	}

	private static HttpRequest.Builder request(OtlpTarget target) {
		HttpRequest.Builder request = HttpRequest.newBuilder(target.endpoint().uri())
			.setHeader("User-Agent", userAgent());
		target.headers().forEach(request::setHeader);
		request.setHeader("Content-Type", "application/x-protobuf");
		return target.gzip() ? request.setHeader("Content-Encoding", "gzip") : request;
	}

	private static String userAgent() {
		String version = OtlpHttpSender.class.getPackage().getImplementationVersion();
		return (version != null) ? "tracing-spring-boot-bridge/" + version : "tracing-spring-boot-bridge";
	}

	/**
	 * Send one request, and wait for what becomes of it.
	 * @param signal what kind of telemetry it is
	 * @param body the encoded request, in parts: requests of one signal that follow one
	 * another are a request
	 * @return what became of it
	 * @throws InterruptedException if the thread is interrupted, which ends the exchange
	 */
	SendResult send(Signal signal, List<byte[]> body) throws InterruptedException {
		OtlpTarget target = this.options.target(signal);
		HttpClient client = this.clients.get(signal);
		HttpRequest.Builder request = this.requests.get(signal);
		if (client == null || request == null) {
			throw new IllegalStateException("No client for " + signal);
		}
		if (this.closed) {
			return closed(target);
		}
		RequestBody publisher = target.gzip() ? RequestBody.compressed(body) : RequestBody.of(body);
		Answer answer = new Answer();
		CompletableFuture<HttpResponse<Answer>> exchange = client.sendAsync(request.copy().POST(publisher).build(),
				answer);
		this.inFlight.add(exchange);
		if (this.closed) {
			// Since just now, and perhaps without this exchange.
			exchange.cancel(true);
		}
		try {
			return await(exchange, answer, signal, target);
		}
		finally {
			this.inFlight.remove(exchange);
			// Does nothing to one that is complete.
			exchange.cancel(true);
		}
	}

	private SendResult await(CompletableFuture<HttpResponse<Answer>> exchange, Answer answer, Signal signal,
			OtlpTarget target) throws InterruptedException {
		ExchangeFault fault = new ExchangeFault(target);
		try {
			// A proxy's refusal to make a tunnel comes like this, and past the answer.
			HttpResponse<Answer> response = exchange.get(target.timeout().toNanos(), TimeUnit.NANOSECONDS);
			return new AnswerRules(signal, target).result(response.statusCode(), response.headers(), answer.body(),
					answer.defect());
		}
		catch (CancellationException ex) {
			return result(answer, signal, target, closed(target));
		}
		catch (TimeoutException ex) {
			answer.end("the body of the answer did not end in time");
			return result(answer, signal, target, fault.timeout());
		}
		catch (ExecutionException ex) {
			answer.end("the body of the answer broke off");
			// A cancelled exchange can end with the fault that this caused, too.
			return result(answer, signal, target, this.closed ? closed(target) : fault.result(ex.getCause()));
		}
	}

	private static SendResult result(Answer answer, Signal signal, OtlpTarget target, SendResult withoutAnswer) {
		HttpResponse.ResponseInfo head = answer.head();
		return (head != null) ? new AnswerRules(signal, target).result(head.statusCode(), head.headers(), answer.body(),
				answer.defect()) : withoutAnswer;
	}

	private static SendResult closed(OtlpTarget target) {
		return new SendResult.Unavailable("The bridge was closed before " + target.endpoint() + " answered", null);
	}

	/**
	 * End what is in flight. Connections are closed once nobody has this sender any more:
	 * before Java 21 a client has nothing to close them with.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.inFlight.forEach((exchange) -> exchange.cancel(true));
	}

}
