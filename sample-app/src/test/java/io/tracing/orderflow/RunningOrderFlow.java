// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.tracing.orderflow.customer.OrderClient;
import io.tracing.orderflow.customer.OrderClient.PlacedOrder;
import io.tracing.orderflow.terminal.TraceCollector;
import io.tracing.orderflow.trace.TraceText;
import io.tracing.orderflow.trace.TracedSpan;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * OrderFlow as the launcher starts it, once for all tests of this JVM.
 */
final class RunningOrderFlow {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	static final RunningOrderFlow INSTANCE = new RunningOrderFlow();

	private final OrderFlow orderFlow;

	private final OrderClient client;

	private RunningOrderFlow() {
		List<String> properties = List.of("--server.port=0", "--orderflow.email.min-delay=1ms",
				"--orderflow.email.max-delay=5ms", "--orderflow.worker.retry.initial-interval=50ms",
				"--orderflow.nats.redelivery-delay=50ms");
		this.orderFlow = OrderFlow.start(properties, new TraceCollector(), (gateway) -> {
		}, false, Progress.NONE);
		this.client = new OrderClient(this.orderFlow.url(Role.GATEWAY));
	}

	OrderFlow orderFlow() {
		return this.orderFlow;
	}

	PlacedOrder place(String body) {
		PlacedOrder order = this.client.place(body);
		assertThat(order.status()).as(order.body()).isEqualTo(201);
		return order;
	}

	/**
	 * The whole trace of an order, once it is complete.
	 * @param order the order
	 * @param services the services that the trace must reach
	 */
	List<TracedSpan> trace(PlacedOrder order, Set<String> services) {
		OrderJourney journey = new OrderJourney(this.orderFlow.traces(), services);
		assertThat(journey.await(order.traceId(), LIMIT, () -> false)).as("problems of the trace").isEmpty();
		return this.orderFlow.traces().trace(order.traceId()).spans().stream().map(TracedSpan::of).toList();
	}

	String traceText(PlacedOrder order, Set<String> services) {
		return TraceText.of(trace(order, services));
	}

}
