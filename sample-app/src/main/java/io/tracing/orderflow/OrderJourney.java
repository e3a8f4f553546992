// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.orderflow.nats.ShipmentStream;
import io.tracing.orderflow.service.Topics;
import io.tracing.orderflow.terminal.CollectedTrace;
import io.tracing.orderflow.terminal.TraceCollector;

/**
 * Knows when the trace of an order is complete. A trace that is quiet and has no open
 * span may still be waiting for a broker, so an accepted order is complete only when a
 * consumer has dealt with it, and with its shipment if there is to be one.
 */
final class OrderJourney {

	/** Between two spans of one journey there is less than this. */
	static final Duration QUIET = Duration.ofMillis(300);

	/** The same for spans that come in batches, by the stream and the bridge. */
	static final Duration QUIET_BY_NATS = Duration.ofMillis(1_500);

	/** So many quiet times are longer than any service works without a span. */
	private static final int STALLED = 10;

	/** The consumer of the dead letter deals with an order that the worker gave up on. */
	private static final Set<String> ORDER = Set.of(Topics.ORDER_CREATED, Topics.ORDER_CREATED_DEAD_LETTER);

	private static final Set<String> SHIPMENT = Set.of(ShipmentStream.CREATED, ShipmentStream.FAILED);

	private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

	private static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");

	private final TraceCollector traces;

	private final Set<String> services;

	private final Duration quiet;

	private final BooleanSupplier arrived;

	/**
	 * Creates a journey.
	 * @param traces where the spans are
	 * @param services the services that it must reach
	 */
	OrderJourney(TraceCollector traces, Set<String> services) {
		this(traces, services, QUIET, () -> true);
	}

	/**
	 * Creates a journey.
	 * @param traces where the spans are
	 * @param services the services that it must reach
	 * @param quiet after how long without a span none comes any more
	 * @param arrived whether no span is on its way from the services to the collector
	 */
	OrderJourney(TraceCollector traces, Set<String> services, Duration quiet, BooleanSupplier arrived) {
		this.traces = traces;
		this.services = services;
		this.quiet = quiet;
		this.arrived = arrived;
	}

	/**
	 * Waits until the trace is complete.
	 * @param traceId the trace's id
	 * @param limit how long at most
	 * @param settled whether the order is dealt with: then nothing can come any more
	 * @return the reasons why it is not complete, none if it is
	 */
	List<String> await(String traceId, Duration limit, BooleanSupplier settled) {
		long end = System.nanoTime() + limit.toNanos();
		while (!isComplete(traceId) && System.nanoTime() < end) {
			if (this.traces.quietFor(traceId).compareTo(this.quiet.multipliedBy(STALLED)) >= 0
					&& settled.getAsBoolean()) {
				break;
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
		}
		return problems(this.traces.trace(traceId));
	}

	boolean isComplete(String traceId) {
		return this.traces.quietFor(traceId).compareTo(this.quiet) >= 0
				&& problems(this.traces.trace(traceId)).isEmpty();
	}

	List<String> problems(CollectedTrace trace) {
		List<String> problems = new ArrayList<>(trace.problems());
		problems.addAll(trace.missing(this.services));
		if (trace.spans().stream().anyMatch(OrderJourney::acceptsAnOrder) && !isDealtWith(trace, ORDER)) {
			problems.add("no consumer has dealt with the order");
		}
		if (trace.spans().stream().anyMatch(OrderJourney::requestsAShipment) && !isDealtWith(trace, SHIPMENT)) {
			problems.add("no consumer has heard what became of the shipment");
		}
		return problems;
	}

	private static boolean acceptsAnOrder(SpanData span) {
		return span.getKind() == SpanKind.SERVER && "POST /orders".equals(span.getName())
				&& Long.valueOf(201).equals(span.getAttributes().get(STATUS));
	}

	private static boolean requestsAShipment(SpanData span) {
		return span.getKind() == SpanKind.PRODUCER && !hasFailed(span)
				&& ShipmentStream.REQUESTED.equals(span.getAttributes().get(DESTINATION));
	}

	private static boolean isDealtWith(CollectedTrace trace, Set<String> messages) {
		return trace.spans()
			.stream()
			.filter((span) -> span.getKind() == SpanKind.CONSUMER && !hasFailed(span))
			.map((span) -> span.getAttributes().get(DESTINATION))
			.anyMatch((destination) -> destination != null && messages.contains(destination));
	}

	private static boolean hasFailed(SpanData span) {
		return span.getStatus().getStatusCode() == StatusCode.ERROR;
	}

}
