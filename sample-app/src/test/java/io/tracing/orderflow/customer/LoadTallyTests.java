// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.customer;

import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.orderflow.customer.OrderClient.PlacedOrder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LoadTallyTests {

	private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

	private final LoadTally tally = new LoadTally();

	@BeforeEach
	void placeAnOrder() {
		this.tally.sent();
		this.tally.answered(new PlacedOrder(201, TRACE_ID, "order", ""));
	}

	@Test
	void confirmedOrderIsSettledWhenItsShipmentIs() {
		this.tally.spanEnded(process("order.created", "confirmed", 0.02));
		assertThat(this.tally.isSettled()).isFalse();
		this.tally.spanEnded(process("shipments.requested", null, 0.001));
		assertThat(this.tally.isSettled()).isFalse();
		this.tally.spanEnded(process("shipments.created", null, 0.001));
		assertThat(this.tally.isSettled()).isTrue();
		assertThat(this.tally.line()).contains("confirmed 1   shipped 1   cancelled 0   failed 0");
	}

	@Test
	void shipmentThatFailedSettlesItsOrderToo() {
		this.tally.spanEnded(process("order.created", "confirmed", 0.02));
		this.tally.spanEnded(process("shipments.failed", null, 0.001));
		assertThat(this.tally.isSettled()).isTrue();
		assertThat(this.tally.line()).contains("confirmed 1   shipped 0");
	}

	@Test
	void cancelledAndFailedOrdersAreNotShipped() {
		this.tally.spanEnded(process("order.created", "cancelled", 0.02));
		assertThat(this.tally.isSettled()).isTrue();
		this.tally.spanEnded(process("order.created-dlt", null, 0.02));
		assertThat(this.tally.isSettled()).isTrue();
	}

	@Test
	void timeInQueueIsThatOfTheOrderWhateverEndsFirst() {
		this.tally.spanEnded(process("shipments.requested", null, 7));
		this.tally.spanEnded(process("order.created", "confirmed", 0.02));
		assertThat(this.tally.line()).contains("in queue p50 20 ms   p99 20 ms");
	}

	private static SpanData process(String destination, @Nullable String outcome, double secondsInQueue) {
		AttributesBuilder attributes = Attributes.builder()
			.put("messaging.destination.name", destination)
			.put("messaging.message.time_in_queue", secondsInQueue);
		if (outcome != null) {
			attributes.put("order.outcome", outcome);
		}
		return TestSpanData.builder()
			.setName("process " + destination)
			.setKind(SpanKind.CONSUMER)
			.setSpanContext(
					SpanContext.create(TRACE_ID, "00f067aa0ba902b7", TraceFlags.getSampled(), TraceState.getDefault()))
			.setStartEpochNanos(0)
			.setEndEpochNanos(TimeUnit.MILLISECONDS.toNanos(5))
			.setStatus(StatusData.unset())
			.setHasEnded(true)
			.setAttributes(attributes.build())
			.build();
	}

}
