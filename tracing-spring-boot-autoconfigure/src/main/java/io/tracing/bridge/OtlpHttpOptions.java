// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

import io.tracing.telemetry.wire.Signal;

/**
 * How each signal goes to its backend by OTLP over HTTP. What it prints has no secrets.
 */
public final class OtlpHttpOptions {

	private final Map<Signal, OtlpTarget> targets = new EnumMap<>(Signal.class);

	OtlpHttpOptions(OtlpHttpOptionsBuilder builder) {
		for (Signal signal : Signal.values()) {
			this.targets.put(signal, builder.target(signal));
		}
	}

	/**
	 * Return the options that hold where nothing is configured: a backend on this
	 * machine, {@code http://localhost:4318}.
	 * @return the options
	 */
	public static OtlpHttpOptions defaults() {
		return builder().build();
	}

	/**
	 * Start to build options.
	 * @return the builder, which begins with the defaults
	 */
	public static OtlpHttpOptionsBuilder builder() {
		return new OtlpHttpOptionsBuilder();
	}

	OtlpTarget target(Signal signal) {
		OtlpTarget target = this.targets.get(signal);
		if (target == null) {
			throw new IllegalStateException("No target for " + signal);
		}
		return target;
	}

	/**
	 * Return where a signal goes, for people to read.
	 * @param signal the signal
	 * @return the URL without user and query
	 */
	public String endpoint(Signal signal) {
		return target(signal).endpoint().toString();
	}

	/**
	 * Return where some signals go, for people to read.
	 * @param signals the signals
	 * @return the URLs without user and query, in the order of the signals, each once
	 */
	public String endpoints(Collection<Signal> signals) {
		return signals.stream().sorted().map(this::endpoint).distinct().collect(Collectors.joining(", "));
	}

	/**
	 * Return how long one request may take.
	 * @param signal the signal
	 * @return the time from the connect to the last byte of the answer
	 */
	public Duration timeout(Signal signal) {
		return target(signal).timeout();
	}

	@Override
	public String toString() {
		return this.targets.toString();
	}

}
