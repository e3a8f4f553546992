// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.tracing.orderflow.customer.OrderClient;
import io.tracing.orderflow.customer.OrderClient.PlacedOrder;
import io.tracing.orderflow.trace.GoldenFile;
import io.tracing.orderflow.trace.OtlpReceiver;
import io.tracing.orderflow.trace.TraceText;
import io.tracing.orderflow.trace.TracedSpan;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * One process per service against one Kafka, one NATS and one database: the same single
 * trace arrives from six processes at an OTLP backend, and at another by the stream and a
 * bridge in a process of its own.
 */
class ProcessesIntegrationTests {

	private final List<ForkedOrderFlow> processes = new ArrayList<>();

	@AfterEach
	void stopServicesBeforeInfrastructure() {
		for (int i = this.processes.size() - 1; i >= 0; i--) {
			this.processes.get(i).close();
		}
	}

	@Test
	void sixProcessesMakeOneTraceOnEitherWay() throws IOException {
		try (OtlpReceiver straight = new OtlpReceiver(); OtlpReceiver byNats = new OtlpReceiver()) {
			Map<Role, Integer> ports = new EnumMap<>(Role.class);
			for (Role role : Role.values()) {
				ports.put(role, freePort());
			}
			startAll(ports, straight.endpoint(), byNats.endpoint());
			PlacedOrder order = new OrderClient(URI.create("http://localhost:" + ports.get(Role.GATEWAY)))
				.place(OrderClient.ORDER);
			for (OtlpReceiver receiver : List.of(straight, byNats)) {
				Awaitility.await("trace")
					.atMost(Duration.ofSeconds(60))
					.untilAsserted(
							() -> GoldenFile.assertSame("traces/two-line-items.txt", trace(receiver, order.traceId())));
			}
		}
	}

	private void startAll(Map<Role, Integer> ports, String straight, String byNats) throws IOException {
		int kafkaPort = ports.get(Role.INFRASTRUCTURE);
		int postgresPort = ports.get(Role.ALL);
		int natsPort = freePort();
		start(Map.of(), "--role=infrastructure", "--kafka-port=" + kafkaPort, "--nats-port=" + natsPort,
				"--postgres-port=" + postgresPort)
			.awaitOutput("Start next");
		Map<String, String> environment = new HashMap<>();
		environment.put("OTEL_BSP_SCHEDULE_DELAY", "200");
		environment.put("KAFKA_BROKERS", "localhost:" + kafkaPort);
		environment.put("NATS_URL", "nats://localhost:" + natsPort);
		environment.put("POSTGRES_URL", "jdbc:postgresql://localhost:" + postgresPort + "/orderflow");
		for (Role role : List.of(Role.ORDERS, Role.INVENTORY, Role.EMAIL)) {
			environment.put(role.name() + "_SERVICE_URL", "http://localhost:" + ports.get(role));
		}
		start(environment, "--role=bridge", "--endpoint=" + byNats, "--server.port=" + ports.get(Role.BRIDGE));
		environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", straight);
		List<ForkedOrderFlow> services = new ArrayList<>();
		for (Role role : Role.START_ORDER) {
			services.add(start(environment, "--role=" + role.text(), "--server.port=" + ports.get(role),
					"--telemetry=nats"));
		}
		services.forEach((service) -> service.awaitOutput("Telemetry goes to stream TELEMETRY on nats://localhost:"
				+ natsPort + ", and to " + straight + " as well"));
	}

	private ForkedOrderFlow start(Map<String, String> environment, String... arguments) throws IOException {
		ForkedOrderFlow process = ForkedOrderFlow.start(environment, arguments);
		this.processes.add(process);
		return process;
	}

	private static String trace(OtlpReceiver receiver, String traceId) {
		List<TracedSpan> trace = receiver.spans().stream().filter((span) -> span.traceId().equals(traceId)).toList();
		return TraceText.of(trace);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
