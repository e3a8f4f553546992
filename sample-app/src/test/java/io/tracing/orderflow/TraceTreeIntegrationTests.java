// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.tracing.orderflow.customer.OrderClient;
import io.tracing.orderflow.customer.OrderClient.PlacedOrder;
import io.tracing.orderflow.nats.Responder;
import io.tracing.orderflow.trace.GoldenFile;
import io.tracing.orderflow.trace.TracedSpan;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole tree of an order's trace, through six services, real brokers and a real
 * database, compared with the files in {@code src/test/resources/traces}.
 */
class TraceTreeIntegrationTests {

	private static final Set<String> ALL = Set.of("gateway", "orders", "inventory", "worker", "email", "shipping");

	private static final Set<String> NOT_SHIPPED = Set.of("gateway", "orders", "inventory", "worker", "email");

	private final RunningOrderFlow orderFlow = RunningOrderFlow.INSTANCE;

	@Test
	void orderWithOneLineItem() {
		assertTrace(OrderClient.order("ITEM-001"), ALL, "one-line-item.txt");
	}

	@Test
	void orderWithThreeLineItems() {
		assertTrace(OrderClient.order("ITEM-001", "ITEM-003", "ITEM-007"), ALL, "three-line-items.txt");
	}

	@Test
	void orderForAnUnknownItemIsCancelledWithoutAnErrorOfTheListener() {
		assertTrace(OrderClient.order("ITEM-999"), NOT_SHIPPED, "unknown-item.txt");
	}

	@Test
	void orderForMoreThanTheStockIsCancelledWithoutAnErrorOfTheListener() {
		String body = OrderClient.order("ITEM-002").replace("\"quantity\":1", "\"quantity\":9999");
		assertTrace(body, NOT_SHIPPED, "insufficient-stock.txt");
	}

	@Test
	void technicalFailureIsRetriedThenDeadLettered() {
		assertTrace(OrderClient.FAILING_ORDER, Set.of("gateway", "orders", "inventory", "worker"), "dead-letter.txt");
	}

	@Test
	void requestWithoutResponderIsPutOffAndTheMessageDeliveredAgain() {
		Responder carrier = this.orderFlow.orderFlow().service(Role.SHIPPING).getBean(Responder.class);
		carrier.stop();
		// Missed once, it is there before the message comes again.
		Runnable stopListening = this.orderFlow.orderFlow().traces().onSpanEnd((span) -> {
			if (span.getName().equals("request carriers.quote") && !carrier.isRunning()) {
				carrier.start();
			}
		});
		try {
			assertTrace(OrderClient.order("ITEM-006"), ALL, "redelivery.txt");
		}
		finally {
			stopListening.run();
			if (!carrier.isRunning()) {
				carrier.start();
			}
		}
	}

	@Test
	void orderThatNoCarrierTakesIsGivenUpAfterTheLastDelivery() {
		assertTrace(OrderClient.UNSHIPPABLE_ORDER, ALL, "no-carrier.txt");
	}

	@Test
	void everySpanOfAnOrderHasOneTraceId() {
		PlacedOrder order = this.orderFlow.place(OrderClient.order("ITEM-008"));
		List<TracedSpan> trace = this.orderFlow.trace(order, ALL);
		assertThat(trace).extracting(TracedSpan::traceId).containsOnly(order.traceId());
		assertThat(trace).extracting(TracedSpan::service).hasSameElementsAs(ALL);
		assertThat(trace).filteredOn((span) -> span.attributes().containsKey("order.id"))
			.isNotEmpty()
			.allSatisfy((span) -> assertThat(span.attributes()).containsEntry("order.id", order.orderId()));
	}

	@Test
	void timeInQueueIsANumberOnTheProcessSpan() {
		PlacedOrder order = this.orderFlow.place(OrderClient.order("ITEM-009"));
		assertThat(this.orderFlow.trace(order, ALL))
			.filteredOn((span) -> span.attributes().containsKey("messaging.message.time_in_queue"))
			.extracting(TracedSpan::name)
			.containsExactly("process order.created", "process shipments.requested", "process shipments.created");
		assertThat(this.orderFlow.trace(order, ALL))
			.extracting((span) -> span.attributes().get("messaging.message.time_in_queue"))
			.filteredOn(Objects::nonNull)
			.allSatisfy((seconds) -> assertThat(Double.parseDouble(seconds)).isBetween(0.0, 30.0));
	}

	private void assertTrace(String body, Set<String> services, String goldenFile) {
		String trace = this.orderFlow.traceText(this.orderFlow.place(body), services);
		GoldenFile.assertSame("traces/" + goldenFile, trace);
	}

}
