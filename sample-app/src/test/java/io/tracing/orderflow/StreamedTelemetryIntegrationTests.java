// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.tracing.orderflow.customer.OrderClient;
import io.tracing.orderflow.customer.OrderClient.PlacedOrder;
import io.tracing.orderflow.terminal.TraceCollector;
import io.tracing.orderflow.trace.GoldenFile;
import io.tracing.orderflow.trace.TraceText;
import io.tracing.orderflow.trace.TracedSpan;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tree of a trace is the same if its spans went over the stream and came out of the
 * bridge.
 */
class StreamedTelemetryIntegrationTests {

	private static final Set<String> ALL = Set.of("gateway", "orders", "inventory", "worker", "email", "shipping");

	private static final Duration LIMIT = Duration.ofSeconds(30);

	@Test
	void wholeTraceComesOutOfTheBridge() {
		TraceCollector traces = new TraceCollector();
		try (OrderFlow orderFlow = OrderFlow.start(List.of("--server.port=0"), traces, (gateway) -> {
		}, true, Progress.NONE)) {
			PlacedOrder order = new OrderClient(orderFlow.url(Role.GATEWAY)).place(OrderClient.ORDER);
			Awaitility.await("trace " + order.traceId())
				.atMost(LIMIT)
				.untilAsserted(
						() -> GoldenFile.assertSame("traces/two-line-items.txt", trace(traces, order.traceId())));
			StreamedTelemetry telemetry = Objects.requireNonNull(orderFlow.telemetry());
			Awaitility.await("all signals")
				.atMost(LIMIT)
				.untilAsserted(() -> assertThat(telemetry.summary()).matches(
						"Telemetry went from the services to stream TELEMETRY on nats://\\S+, by the OTLP bridge to"
								+ " http://localhost:\\d+: [1-9]\\d* spans, [1-9]\\d* log records,"
								+ " [1-9]\\d* data points of metrics"));
		}
	}

	private static String trace(TraceCollector traces, String traceId) {
		return TraceText.of(traces.trace(traceId).spans().stream().map(TracedSpan::of).toList());
	}

}
