// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.List;
import java.util.Set;

import io.tracing.orderflow.customer.OrderClient;
import io.tracing.orderflow.customer.OrderClient.PlacedOrder;
import io.tracing.orderflow.trace.TracedSpan;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An order that is placed while the broker is down is accepted, published later by the
 * outbox relay, and all of it is one trace.
 */
class BrokerDownTraceIntegrationTests {

	private final RunningOrderFlow orderFlow = RunningOrderFlow.INSTANCE;

	@Test
	void orderIsPublishedLaterInTheSameTrace() {
		PlacedOrder order;
		this.orderFlow.orderFlow().broker().stop();
		try {
			order = this.orderFlow.place(OrderClient.order("ITEM-004"));
		}
		finally {
			this.orderFlow.orderFlow().broker().restart();
		}
		List<TracedSpan> trace = this.orderFlow.trace(order,
				Set.of("gateway", "orders", "inventory", "worker", "email", "shipping"));
		assertThat(trace).extracting(TracedSpan::traceId).containsOnly(order.traceId());
		TracedSpan orders = only(trace, "POST /orders", "orders");
		TracedSpan process = only(trace, "process order.created", "worker");
		assertThat(process.failed()).isFalse();
		assertThat(process.attributes()).containsEntry("order.outcome", "confirmed");
		List<TracedSpan> sends = trace.stream().filter((span) -> span.name().equals("send order.created")).toList();
		assertThat(sends).isNotEmpty().allSatisfy((send) -> assertThat(send.parentId()).isEqualTo(orders.spanId()));
		// Attempts that the broker did not take are errors, the one that it took is not.
		assertThat(sends).filteredOn((send) -> !send.failed())
			.singleElement()
			.returns(process.parentId(), TracedSpan::spanId);
		assertThat(process.links()).containsExactly(process.parentId());
	}

	private static TracedSpan only(List<TracedSpan> trace, String name, String service) {
		List<TracedSpan> spans = trace.stream()
			.filter((span) -> span.name().equals(name) && span.service().equals(service))
			.toList();
		assertThat(spans).as("%s of %s", name, service).hasSize(1);
		return spans.get(0);
	}

}
