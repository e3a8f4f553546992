// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Builds {@link OtlpHttpOptions}. The last call wins: an option without a signal is set
 * for all of them, whatever they had before.
 */
public final class OtlpHttpOptionsBuilder {

	private static final String DEFAULT_ENDPOINT = "http://localhost:4318";

	private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

	private final Map<Signal, Settings> settings = new EnumMap<>(Signal.class);

	OtlpHttpOptionsBuilder() {
		endpoint(DEFAULT_ENDPOINT);
	}

	/**
	 * Send all signals to one backend.
	 * @param endpoint its URL, to which {@code /v1/traces}, {@code /v1/logs} and
	 * {@code /v1/metrics} are added
	 * @return this builder
	 * @throws InvalidOtlpOptionException if it is no URL to send requests to
	 */
	public OtlpHttpOptionsBuilder endpoint(String endpoint) {
		OtlpEndpoint base = OtlpEndpoint.of(endpoint);
		for (Signal signal : Signal.values()) {
			settings(signal).endpoint = base.forSignal(signal);
		}
		return this;
	}

	/**
	 * Send one signal to a URL of its own.
	 * @param signal the signal
	 * @param endpoint the URL, to which nothing is added
	 * @return this builder
	 * @throws InvalidOtlpOptionException if it is no URL to send requests to
	 */
	public OtlpHttpOptionsBuilder endpoint(Signal signal, String endpoint) {
		settings(signal).endpoint = OtlpEndpoint.of(endpoint);
		return this;
	}

	/**
	 * Send headers with every request.
	 * @param headers the headers, in place of those set before
	 * @return this builder
	 * @throws InvalidOtlpOptionException if one of them can't be sent, or is not for the
	 * user to choose
	 */
	public OtlpHttpOptionsBuilder headers(Map<String, String> headers) {
		Map<String, String> checked = OtlpHeaders.check(headers);
		return forAll((settings) -> settings.headers = checked);
	}

	/**
	 * Send headers with the requests of one signal, and none of those that are for all:
	 * its backend can be another one, which has no business with their secrets.
	 * @param signal the signal
	 * @param headers the headers, in place of those set before
	 * @return this builder
	 * @throws InvalidOtlpOptionException if one of them can't be sent, or is not for the
	 * user to choose
	 */
	public OtlpHttpOptionsBuilder headers(Signal signal, Map<String, String> headers) {
		settings(signal).headers = OtlpHeaders.check(headers);
		return this;
	}

	/**
	 * Limit how long a request may take.
	 * @param timeout the time from the connect to the last byte of the answer, 10 seconds
	 * by default
	 * @return this builder
	 * @throws InvalidOtlpOptionException if it is no time to wait
	 */
	public OtlpHttpOptionsBuilder timeout(Duration timeout) {
		Duration checked = check(timeout);
		return forAll((settings) -> settings.timeout = checked);
	}

	/**
	 * Limit how long a request of one signal may take.
	 * @param signal the signal
	 * @param timeout the time from the connect to the last byte of the answer
	 * @return this builder
	 * @throws InvalidOtlpOptionException if it is no time to wait
	 */
	public OtlpHttpOptionsBuilder timeout(Signal signal, Duration timeout) {
		settings(signal).timeout = check(timeout);
		return this;
	}

	/**
	 * Choose whether requests are compressed.
	 * @param gzip whether by gzip, or not at all, which is the default
	 * @return this builder
	 */
	public OtlpHttpOptionsBuilder gzip(boolean gzip) {
		return forAll((settings) -> settings.gzip = gzip);
	}

	/**
	 * Choose whether the requests of one signal are compressed.
	 * @param signal the signal
	 * @param gzip whether by gzip, or not at all
	 * @return this builder
	 */
	public OtlpHttpOptionsBuilder gzip(Signal signal, boolean gzip) {
		settings(signal).gzip = gzip;
		return this;
	}

	/**
	 * Choose whom to trust, and as whom to appear.
	 * @param sslContext certificates and keys, by default those of the JVM
	 * @return this builder
	 */
	public OtlpHttpOptionsBuilder sslContext(SSLContext sslContext) {
		return forAll((settings) -> settings.sslContext = sslContext);
	}

	/**
	 * Choose whom to trust, and as whom to appear, with one signal.
	 * @param signal the signal
	 * @param sslContext certificates and keys
	 * @return this builder
	 */
	public OtlpHttpOptionsBuilder sslContext(Signal signal, SSLContext sslContext) {
		settings(signal).sslContext = sslContext;
		return this;
	}

	/**
	 * Build the options.
	 * @return the options
	 */
	public OtlpHttpOptions build() {
		return new OtlpHttpOptions(this);
	}

	OtlpTarget target(Signal signal) {
		Settings settings = settings(signal);
		if (settings.endpoint == null) {
			throw new IllegalStateException("No endpoint for " + signal);
		}
		return new OtlpTarget(settings.endpoint, settings.headers, settings.timeout, settings.gzip,
				settings.sslContext);
	}

	private OtlpHttpOptionsBuilder forAll(Consumer<Settings> change) {
		for (Signal signal : Signal.values()) {
			change.accept(settings(signal));
		}
		return this;
	}

	private Settings settings(Signal signal) {
		return this.settings.computeIfAbsent(signal, (key) -> new Settings());
	}

	private static Duration check(Duration timeout) {
		if (timeout.isNegative() || timeout.isZero()) {
			throw new InvalidOtlpOptionException("timeout", timeout, "a request takes some time",
					"Choose a timeout above zero, such as 10s.");
		}
		if (timeout.compareTo(MAX_TIMEOUT) > 0) {
			throw new InvalidOtlpOptionException("timeout", timeout, "it is longer than a day",
					"Choose a timeout such as 10s.");
		}
		return timeout;
	}

	/**
	 * What was set for one signal.
	 */
	private static final class Settings {

		private @Nullable OtlpEndpoint endpoint;

		private Map<String, String> headers = Map.of();

		private Duration timeout = DEFAULT_TIMEOUT;

		private boolean gzip;

		private @Nullable SSLContext sslContext;

	}

}
