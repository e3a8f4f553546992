// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.List;
import java.util.Set;

import io.tracing.orderflow.customer.OrderClient;
import io.tracing.orderflow.customer.OrderClient.PlacedOrder;
import io.tracing.orderflow.trace.GoldenFile;
import io.tracing.orderflow.trace.TracedSpan;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole tree of an order's trace, through five services, a real broker and a real
 * database, compared with the files in {@code src/test/resources/traces}.
 */
class TraceTreeIntegrationTests {

	private static final Set<String> ALL = Set.of("gateway", "orders", "inventory", "worker", "email");

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
		assertTrace(OrderClient.order("ITEM-999"), ALL, "unknown-item.txt");
	}

	@Test
	void orderForMoreThanTheStockIsCancelledWithoutAnErrorOfTheListener() {
		String body = OrderClient.order("ITEM-002").replace("\"quantity\":1", "\"quantity\":9999");
		assertTrace(body, ALL, "insufficient-stock.txt");
	}

	@Test
	void technicalFailureIsRetriedThenDeadLettered() {
		assertTrace(OrderClient.FAILING_ORDER, Set.of("gateway", "orders", "inventory", "worker"), "dead-letter.txt");
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
		assertThat(this.orderFlow.trace(order, ALL)).filteredOn("kind", "CONSUMER")
			.singleElement()
			.satisfies((span) -> {
				String seconds = span.attributes().get("messaging.message.time_in_queue");
				assertThat(Double.parseDouble(seconds)).isBetween(0.0, 30.0);
			});
	}

	private void assertTrace(String body, Set<String> services, String goldenFile) {
		String trace = this.orderFlow.traceText(this.orderFlow.place(body), services);
		GoldenFile.assertSame("traces/" + goldenFile, trace);
	}

}
