// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.tracing.telemetry.wire.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the environment variables of OpenTelemetry's exporters make of the options.
 */
class OtlpEnvironmentTests {

	@Test
	void nothingSetLeavesTheDefaults() {
		OtlpHttpOptions options = options();
		assertThat(options.endpoint(Signal.SPANS)).isEqualTo("http://localhost:4318/v1/traces");
		assertThat(options.endpoint(Signal.LOGS)).isEqualTo("http://localhost:4318/v1/logs");
		assertThat(options.endpoint(Signal.METRICS)).isEqualTo("http://localhost:4318/v1/metrics");
		for (Signal signal : Signal.values()) {
			OtlpTarget target = options.target(signal);
			assertThat(target.headers()).isEmpty();
			assertThat(target.timeout()).isEqualTo(Duration.ofSeconds(10));
			assertThat(target.gzip()).isFalse();
			assertThat(target.sslContext()).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ENDPOINT", "HEADERS", "TIMEOUT", "COMPRESSION", "CERTIFICATE", "CLIENT_KEY",
			"CLIENT_CERTIFICATE", "PROTOCOL", "TRACES_ENDPOINT", "LOGS_HEADERS", "METRICS_TIMEOUT" })
	void emptyIsNotSet(String variable) {
		assertThat(options(variable, " ")).hasToString(OtlpHttpOptions.defaults().toString());
		assertThat(environment(variable, "").warnings()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "http://collector:4318, http://collector:4318/v1/traces",
			"http://collector:4318/, http://collector:4318/v1/traces",
			"https://collector/otlp//, https://collector/otlp/v1/traces",
			"HTTP://collector, HTTP://collector/v1/traces", "http://[::1]:4318, http://[::1]:4318/v1/traces" })
	void generalEndpointIsABase(String value, String traces) {
		assertThat(options("ENDPOINT", value).endpoint(Signal.SPANS)).isEqualTo(traces);
	}

	@Test
	void queryOfTheGeneralEndpointStaysBehindThePath() {
		assertThat(options("ENDPOINT", "http://collector/otlp?tenant=a").target(Signal.LOGS).endpoint().uri())
			.hasToString("http://collector/otlp/v1/logs?tenant=a");
	}

	@Test
	void endpointOfASignalIsTakenVerbatim() {
		OtlpHttpOptions options = options("ENDPOINT", "http://collector:4318", "TRACES_ENDPOINT",
				"https://traces.example.org/in/?tenant=a", "LOGS_ENDPOINT", "http://logs:9428");
		assertThat(options.target(Signal.SPANS).endpoint().uri())
			.hasToString("https://traces.example.org/in/?tenant=a");
		assertThat(options.target(Signal.LOGS).endpoint().uri()).hasToString("http://logs:9428");
		assertThat(options.endpoint(Signal.METRICS)).isEqualTo("http://collector:4318/v1/metrics");
	}

	@Test
	void headersArePercentDecoded() {
		OtlpHttpOptions options = options("HEADERS",
				" Authorization=Basic%20dXNlcjpwYXNz==, x-scope=a%2Cb+c%25 ,,x-odd=50%off%,x-empty=,");
		assertThat(options.target(Signal.SPANS).headers()).containsExactlyInAnyOrderEntriesOf(Map.of("Authorization",
				"Basic dXNlcjpwYXNz==", "x-scope", "a,b+c%", "x-odd", "50%off%", "x-empty", ""));
	}

	@Test
	void headersOfASignalReplaceTheGeneralOnes() {
		OtlpHttpOptions options = options("HEADERS", "Authorization=a", "METRICS_HEADERS", "x-tenant=b");
		assertThat(options.target(Signal.LOGS).headers()).isEqualTo(Map.of("Authorization", "a"));
		assertThat(options.target(Signal.METRICS).headers()).isEqualTo(Map.of("x-tenant", "b"));
	}

	@Test
	void timeoutsAreMilliseconds() {
		OtlpHttpOptions options = options("TIMEOUT", "2500", "LOGS_TIMEOUT", "60000");
		assertThat(options.timeout(Signal.SPANS)).isEqualTo(Duration.ofMillis(2500));
		assertThat(options.timeout(Signal.LOGS)).isEqualTo(Duration.ofMinutes(1));
	}

	@Test
	void compressionIsGzipOrNone() {
		OtlpHttpOptions options = options("COMPRESSION", "gzip", "METRICS_COMPRESSION", "none");
		assertThat(options.target(Signal.SPANS).gzip()).isTrue();
		assertThat(options.target(Signal.METRICS).gzip()).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "ENDPOINT | localhost:4318 | localhost:4318 | it has no scheme",
			"TRACES_ENDPOINT | grpc://collector:4317 | grpc://collector:4317 | its scheme is neither http nor https",
			"TIMEOUT | 10s | 10s | it is no number of milliseconds above zero",
			"LOGS_TIMEOUT | 0 | 0 | it is no number of milliseconds above zero",
			"METRICS_TIMEOUT | -1 | -1 | it is no number of milliseconds above zero",
			"TIMEOUT | 9999999999 | PT2777H46M39.999S | it is longer than a day",
			"COMPRESSION | zstd | zstd | the bridge knows no such compression",
			"HEADERS | a=1,topsecret | (not shown) | it has an entry without a name or '='",
			"LOGS_HEADERS | =topsecret | (not shown) | it has an entry without a name or '='",
			"HEADERS | top secret=1 | (not shown) | it has a header with an invalid name",
			"HEADERS | content-type=text/plain | content-type | this header follows from the request",
			"HEADERS | x-key=top%0Asecret | x-key=(not shown) | the value has characters that no header can have" })
	void badValueIsNamedWithItsVariable(String variable, String value, String shown, String reason) {
		assertThatExceptionOfType(InvalidOtlpOptionException.class).isThrownBy(() -> options(variable, value))
			.satisfies((ex) -> {
				assertThat(ex.option()).isEqualTo("OTEL_EXPORTER_OTLP_" + variable);
				assertThat(ex.value()).isEqualTo(shown);
				assertThat(ex.reason()).isEqualTo(reason);
				assertThat(ex.getMessage()).startsWith("OTEL_EXPORTER_OTLP_" + variable + "=" + shown)
					.endsWith(ex.mend())
					.doesNotContain("secret");
			});
	}

	@Test
	void otherProtocolsAreWarnedAbout() {
		assertThat(environment("PROTOCOL", "http/protobuf").warnings()).isEmpty();
		assertThat(environment("PROTOCOL", "grpc", "LOGS_PROTOCOL", "http/json").warnings()).containsExactly(
				"OTEL_EXPORTER_OTLP_PROTOCOL=grpc is ignored: the bridge sends http/protobuf. The endpoint must be one"
						+ " of OTLP over HTTP, which by custom has port 4318; set tracing.bridge.endpoint if"
						+ " OTEL_EXPORTER_OTLP_ENDPOINT is not.",
				"OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/json is ignored: the bridge sends http/protobuf. The endpoint"
						+ " must be one of OTLP over HTTP, which by custom has port 4318; set tracing.bridge.endpoint"
						+ " if OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is not.");
	}

	@Test
	void optionsThatAreSetLaterWin() {
		OtlpHttpOptionsBuilder builder = OtlpHttpOptions.builder();
		environment("TRACES_ENDPOINT", "http://traces", "TIMEOUT", "1").applyTo(builder);
		builder.endpoint("http://property").timeout(Signal.LOGS, Duration.ofSeconds(3));
		OtlpHttpOptions options = builder.build();
		assertThat(options.endpoint(Signal.SPANS)).isEqualTo("http://property/v1/traces");
		assertThat(options.timeout(Signal.SPANS)).isEqualTo(Duration.ofMillis(1));
		assertThat(options.timeout(Signal.LOGS)).isEqualTo(Duration.ofSeconds(3));
	}

	private static OtlpHttpOptions options(String... variables) {
		OtlpHttpOptionsBuilder builder = OtlpHttpOptions.builder();
		environment(variables).applyTo(builder);
		return builder.build();
	}

	private static OtlpEnvironment environment(String... variables) {
		Map<String, String> map = new HashMap<>();
		for (int index = 0; index < variables.length; index += 2) {
			map.put("OTEL_EXPORTER_OTLP_" + variables[index], variables[index + 1]);
		}
		return new OtlpEnvironment(map);
	}

}
