// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.protobuf.ByteString;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.natsserver.NatsServerBinary;
import io.tracing.natsserver.NatsServerProcess;
import io.tracing.orderflow.trace.OtlpReceiver;
import io.tracing.orderflow.trace.TracedSpan;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that is nothing but the bridge, with neither Kafka nor a database anywhere.
 */
// A connection can be interrupted while it closes, which the compiler warns of.
@SuppressWarnings("try")
class BridgeRoleIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private static final Pattern HEALTH = Pattern.compile("Health at (http://localhost:\\d+)/actuator/health");

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void drainsTheStreamAndIsOperatedOverHttp() throws Exception {
		try (NatsServerProcess nats = nats(NatsServerProcess.ANY_PORT);
				OtlpReceiver backend = new OtlpReceiver();
				ForkedOrderFlow bridge = ForkedOrderFlow.start(Map.of(), "--role=bridge",
						"--endpoint=" + backend.endpoint(), "--nats=" + nats.url(), "--server.port=0",
						"--tracing.bridge.flush-interval=1s")) {
			bridge.awaitOutput("Stop with Ctrl-C");
			assertThat(bridge.output())
				.contains("OTLP bridge: draining TELEMETRY of " + nats.url() + " into " + backend.endpoint() + "\n");
			String actuator = actuator(bridge);
			awaitHealth(actuator, "/health", 200, "\"state\":\"RUNNING\"");
			publishSpan(nats, "first");
			awaitSpan(backend, "first");

			assertThat(post(actuator, "pause").body()).contains("\"state\":\"HALTED\"");
			awaitHealth(actuator, "/health", 503, "OUT_OF_SERVICE");
			awaitHealth(actuator, "/health/liveness", 200, "UP");
			awaitHealth(actuator, "/health/readiness", 200, "UP");
			publishSpan(nats, "second");
			assertThat(backend.spans()).extracting(TracedSpan::name).containsExactly("first");
			assertThat(post(actuator, "resume").body()).contains("\"state\":\"RUNNING\"");
			awaitSpan(backend, "second");

			assertThat(post(actuator, "replay").body()).contains("\"replay\":{\"replayed\":0,");
			assertThat(post(actuator, "restart").statusCode()).isEqualTo(400);
			assertThat(get(actuator, "/metrics/tracing.bridge.exported?tag=signal:spans").body()).contains(":2.0");
			bridge.stop();
			assertThat(bridge.output()).contains("OTLP bridge: 2 spans exported and 0 dead-lettered, 0 logs exported");
		}
	}

	@Test
	void waitsForNatsAndForTheBackend() throws Exception {
		int natsPort = freePort();
		int backendPort = freePort();
		try (ForkedOrderFlow bridge = ForkedOrderFlow.start(
				Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:" + backendPort, "NATS_URL",
						"nats://localhost:" + natsPort),
				"--role=bridge", "--server.port=0", "--tracing.bridge.backoff.max=1s",
				"--tracing.bridge.flush-interval=1s")) {
			bridge.awaitOutput("NATS can't be reached at [nats://localhost:" + natsPort + "]");
			bridge.awaitOutput("into http://localhost:" + backendPort);
			try (NatsServerProcess nats = nats(natsPort)) {
				awaitHealth(actuator(bridge), "/health", 200, "\"state\":\"RUNNING\"");
				publishSpan(nats, "early");
				bridge.awaitOutput("The backend does not take spans, nothing is lost");
				try (OtlpReceiver backend = new OtlpReceiver(backendPort)) {
					awaitSpan(backend, "early");
				}
			}
		}
	}

	@Test
	void endpointThatIsNoUrlIsNamedWithItsMend() {
		assertThat(failure("--role=bridge", "--endpoint=localhost:4318", "--server.port=0"))
			.startsWith(
					"OrderFlow could not start: The value 'localhost:4318' of the property 'tracing.bridge.endpoint'")
			.endsWith("is invalid because it has no scheme. Write http://localhost:4318, or https://localhost:4318 if"
					+ " the backend has TLS.");
	}

	@Test
	void wrongCredentialsEndIt() {
		try (NatsServerProcess nats = NatsServerProcess.start(NatsServerBinary.locate(System.out::println),
				NatsServerProcess.ANY_PORT, "authorization: {user: ada, password: right}")) {
			String server = nats.url().replace("nats://", "nats://ada:wr0ng@");
			assertThat(failure("--role=bridge", "--nats=" + server, "--server.port=0"))
				.startsWith("OrderFlow could not start: NATS at [" + nats.url() + "] lets nobody in")
				.contains("tracing.telemetry.nats.username")
				.doesNotContain("wr0ng");
		}
	}

	private static String failure(String... arguments) {
		ByteArrayOutputStream err = new ByteArrayOutputStream();
		int status = OrderFlowApplication.run(System.out, new PrintStream(err, true, StandardCharsets.UTF_8),
				arguments);
		assertThat(status).isEqualTo(1);
		String text = err.toString(StandardCharsets.UTF_8).strip();
		assertThat(text.lines()).hasSize(1);
		return text;
	}

	private static NatsServerProcess nats(int port) {
		return NatsServerProcess.start(NatsServerBinary.locate(System.out::println), port);
	}

	private static String actuator(ForkedOrderFlow bridge) {
		Matcher url = HEALTH.matcher(bridge.output());
		assertThat(url.find()).as(bridge::output).isTrue();
		return url.group(1) + "/actuator";
	}

	private void awaitHealth(String actuator, String path, int status, String text) {
		Awaitility.await(path).atMost(LIMIT).untilAsserted(() -> {
			HttpResponse<String> response = get(actuator, path);
			assertThat(response.body()).contains(text);
			assertThat(response.statusCode()).isEqualTo(status);
		});
	}

	private HttpResponse<String> get(String actuator, String path) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(URI.create(actuator + path)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private HttpResponse<String> post(String actuator, String command) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(URI.create(actuator + "/otlpbridge/" + command))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(command.equals("replay") ? "{\"limit\": 10}" : "{}"))
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static void publishSpan(NatsServerProcess nats, String name) throws Exception {
		byte[] id = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
		ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
		request.addResourceSpansBuilder()
			.addScopeSpansBuilder()
			.addSpans(Span.newBuilder()
				.setTraceId(ByteString.copyFrom(id, 0, 16))
				.setSpanId(ByteString.copyFrom(id, 0, 8))
				.setName(name));
		try (Connection connection = Nats.connect(nats.url())) {
			connection.jetStream()
				.publish(NatsMessage.builder()
					.subject("telemetry.spans.test")
					.headers(new Headers().add("Content-Type", "application/x-protobuf"))
					.data(request.build().toByteArray())
					.build());
		}
	}

	private static void awaitSpan(OtlpReceiver backend, String name) {
		Awaitility.await("span " + name)
			.atMost(LIMIT)
			.untilAsserted(() -> assertThat(backend.spans()).extracting(TracedSpan::name).contains(name));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
