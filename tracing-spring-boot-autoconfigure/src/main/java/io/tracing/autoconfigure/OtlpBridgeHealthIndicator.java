// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.tracing.bridge.OtlpBridge;
import io.tracing.bridge.SignalState;
import io.tracing.bridge.SignalStatus;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Says whether telemetry gets through. Not a part of the groups {@code liveness} and
 * {@code readiness} unless somebody adds it: an application whose telemetry is stuck
 * still does its work.
 */
final class OtlpBridgeHealthIndicator extends AbstractHealthIndicator {

	private final OtlpBridge bridge;

	private final Duration maxAge;

	OtlpBridgeHealthIndicator(OtlpBridge bridge, Duration maxAge) {
		super("The state of the OTLP bridge is not known");
		this.bridge = bridge;
		this.maxAge = maxAge;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		List<SignalStatus> signals = this.bridge.status();
		builder.status(overall(signals));
		for (SignalStatus signal : signals) {
			builder.withDetail(signal.signal().text(), details(signal));
		}
	}

	private Status overall(List<SignalStatus> signals) {
		List<Status> each = signals.stream().map(this::status).toList();
		if (each.contains(Status.DOWN)) {
			return Status.DOWN;
		}
		return each.contains(Status.OUT_OF_SERVICE) ? Status.OUT_OF_SERVICE : Status.UP;
	}

	private Status status(SignalStatus signal) {
		return switch (signal.state()) {
			// Somebody wants it so, and knows that records get older.
			case HALTED, STOPPED -> Status.OUT_OF_SERVICE;
			case PAUSED, WAITING_FOR_STREAM -> Status.DOWN;
			case RUNNING, RETRYING -> isTooOld(signal) ? Status.DOWN : Status.UP;
		};
	}

	private boolean isTooOld(SignalStatus signal) {
		return signal.oldestUnexported().compareTo(this.maxAge) > 0;
	}

	private Map<String, Object> details(SignalStatus signal) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("status", status(signal).getCode());
		details.put("state", signal.state());
		if (signal.reason() != null) {
			details.put("reason", signal.reason());
		}
		else if (signal.state() == SignalState.RUNNING && isTooOld(signal)) {
			details.put("reason", "the backend takes less than there is: the oldest record waits for more than "
					+ this.maxAge.toSeconds() + " s");
		}
		details.put("lag", signal.lag());
		details.put("pending", signal.pending());
		details.put("oldestUnexported", signal.oldestUnexported());
		details.put("exported", signal.exported());
		details.put("deadLetters", signal.deadLetters());
		if (signal.lastSuccess() != null) {
			details.put("lastSuccess", signal.lastSuccess());
		}
		return details;
	}

}
