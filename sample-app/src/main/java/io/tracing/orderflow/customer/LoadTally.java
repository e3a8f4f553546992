// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.customer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of the orders of a load. What happens to a message is read from its
 * spans, which are the same for every way through the services.
 */
final class LoadTally {

	private static final String ORDER = "order.created";

	private static final String DEAD_LETTER = "order.created-dlt";

	private static final String SHIPMENT = "shipments.created";

	private static final String NO_SHIPMENT = "shipments.failed";

	private static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");

	private static final AttributeKey<Double> TIME_IN_QUEUE = AttributeKey.doubleKey("messaging.message.time_in_queue");

	private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("order.outcome");

	private int sent;

	private int refused;

	private final Set<String> accepted = new HashSet<>();

	private final Map<String, String> outcomes = new HashMap<>();

	/** By trace, whether a carrier takes it. */
	private final Map<String, Boolean> shipments = new HashMap<>();

	private final Map<String, Double> secondsInQueue = new HashMap<>();

	private double slowestSeconds;

	private @Nullable String slowest;

	synchronized void sent() {
		this.sent++;
	}

	synchronized void answered(OrderClient.@Nullable PlacedOrder order) {
		if (order != null && order.isAccepted()) {
			this.accepted.add(order.traceId());
		}
		else {
			this.refused++;
		}
	}

	synchronized void spanEnded(SpanData span) {
		String destination = span.getAttributes().get(DESTINATION);
		if (span.getKind() != SpanKind.CONSUMER || destination == null) {
			return;
		}
		switch (destination) {
			case ORDER -> orderProcessed(span);
			case DEAD_LETTER -> this.outcomes.put(span.getTraceId(), "failed");
			case SHIPMENT -> this.shipments.put(span.getTraceId(), true);
			case NO_SHIPMENT -> this.shipments.put(span.getTraceId(), false);
			default -> {
				// A step on the way.
			}
		}
	}

	private void orderProcessed(SpanData span) {
		String outcome = span.getAttributes().get(OUTCOME);
		if (outcome != null) {
			this.outcomes.put(span.getTraceId(), outcome);
		}
		Double seconds = span.getAttributes().get(TIME_IN_QUEUE);
		if (seconds != null) {
			// The first attempt only: a later one has waited for the retry, too.
			this.secondsInQueue.putIfAbsent(span.getTraceId(), seconds);
			double total = seconds + (span.getEndEpochNanos() - span.getStartEpochNanos()) / 1e9;
			if (total > this.slowestSeconds) {
				this.slowestSeconds = total;
				this.slowest = span.getTraceId();
			}
		}
	}

	synchronized boolean isSettled() {
		return this.accepted.size() + this.refused == this.sent
				&& this.accepted.stream().allMatch((traceId) -> isSettled(traceId));
	}

	private boolean isSettled(String traceId) {
		String outcome = this.outcomes.get(traceId);
		return outcome != null && (!outcome.equals("confirmed") || this.shipments.containsKey(traceId));
	}

	/** Grows whenever something has happened. */
	synchronized int changes() {
		return this.sent + this.accepted.size() + this.refused + this.outcomes.size() + this.shipments.size();
	}

	synchronized @Nullable String slowest() {
		return this.slowest;
	}

	synchronized String line() {
		double[] seconds = this.accepted.stream()
			.map(this.secondsInQueue::get)
			.filter((value) -> value != null)
			.mapToDouble(Double::doubleValue)
			.sorted()
			.toArray();
		return String.format(Locale.ROOT,
				"sent %d   accepted %d   confirmed %d   shipped %d   cancelled %d   failed %d   refused %d   "
						+ "in queue p50 %s   p99 %s",
				this.sent, this.accepted.size(), count("confirmed"), shipped(), count("cancelled"), count("failed"),
				this.refused, percentile(seconds, 0.50), percentile(seconds, 0.99));
	}

	private long count(String outcome) {
		return this.accepted.stream().filter((traceId) -> outcome.equals(this.outcomes.get(traceId))).count();
	}

	private long shipped() {
		return this.accepted.stream().filter((traceId) -> this.shipments.getOrDefault(traceId, false)).count();
	}

	private static String percentile(double[] sorted, double share) {
		if (sorted.length == 0) {
			return "-";
		}
		double value = sorted[(int) Math.ceil(share * sorted.length) - 1];
		return String.format(Locale.ROOT, (value < 1) ? "%.0f ms" : "%.1f s", (value < 1) ? value * 1e3 : value);
	}

}
