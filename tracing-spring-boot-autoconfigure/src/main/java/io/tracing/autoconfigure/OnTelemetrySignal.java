// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.EnumSet;
import java.util.Set;

import io.tracing.telemetry.wire.Signal;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where a signal is published: {@code tracing.telemetry.signals} has it, and
 * Boot's own switch for all its exporters is not off.
 */
abstract class OnTelemetrySignal extends SpringBootCondition {

	private static final String SIGNALS = "tracing.telemetry.signals";

	private final Signal signal;

	private final String bootsSwitch;

	private OnTelemetrySignal(Signal signal, String bootsSwitch) {
		this.signal = signal;
		this.bootsSwitch = bootsSwitch;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Telemetry of " + this.signal.text());
		if (!context.getEnvironment().getProperty(this.bootsSwitch, Boolean.class, true)) {
			return ConditionOutcome.noMatch(message.because(this.bootsSwitch + " is false"));
		}
		Set<Signal> signals = Binder.get(context.getEnvironment())
			.bind(SIGNALS, Bindable.setOf(Signal.class))
			.orElseGet(() -> EnumSet.allOf(Signal.class));
		return new ConditionOutcome(signals.contains(this.signal), message.because(SIGNALS + " is " + signals));
	}

	/** Matches where spans are published. */
	static final class Spans extends OnTelemetrySignal {

		Spans() {
			super(Signal.SPANS, "management.tracing.export.enabled");
		}

	}

	/** Matches where log records are published. */
	static final class Logs extends OnTelemetrySignal {

		Logs() {
			super(Signal.LOGS, "management.logging.export.enabled");
		}

	}

	/** Matches where metrics are published. */
	static final class Metrics extends OnTelemetrySignal {

		Metrics() {
			super(Signal.METRICS, "management.defaults.metrics.export.enabled");
		}

	}

	/** Matches where nobody said where else Micrometer's metrics go. */
	static final class NoMetricsUrl extends SpringBootCondition {

		private static final String URL = "management.otlp.metrics.export.url";

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return new ConditionOutcome(!context.getEnvironment().containsProperty(URL),
					ConditionMessage.forCondition("Telemetry of metrics").because("of " + URL));
		}

	}

}
