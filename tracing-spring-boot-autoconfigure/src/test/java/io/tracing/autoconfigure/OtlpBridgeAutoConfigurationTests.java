// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import io.nats.client.Connection;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.tracing.bridge.OtlpBridge;
import io.tracing.bridge.OtlpHttpOptions;
import io.tracing.bridge.SignalStatus;
import io.tracing.micrometer.OtlpBridgeMetrics;
import io.tracing.telemetry.wire.Signal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which beans the bridge has, and where it sends. There is no server: the bridge waits.
 */
@ExtendWith(OutputCaptureExtension.class)
class OtlpBridgeAutoConfigurationTests {

	private static final String ENABLED = "tracing.bridge.enabled=true";

	// Nobody listens on it.
	private static final String NOWHERE = "tracing.telemetry.nats.servers=nats://localhost:1";

	private final ApplicationContextRunner bare = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TracingAutoConfiguration.class,
				TelemetryConnectionAutoConfiguration.class, OtlpBridgeAutoConfiguration.class,
				OtlpBridgeEndpointAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues(NOWHERE, "management.endpoints.web.exposure.include=otlpbridge");

	private final ApplicationContextRunner bridge = this.bare.withPropertyValues(ENABLED);

	@Test
	void thereIsNoBridgeUnlessSomebodyWantsIt() {
		this.bare.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(OtlpBridge.class)
			.doesNotHaveBean(OtlpBridgeLifecycle.class)
			.doesNotHaveBean(OtlpBridgeEndpoint.class)
			.doesNotHaveBean(TelemetryConnection.class));
	}

	@Test
	void bridgeRunsAsLongAsTheApplication() {
		OtlpBridge[] bridge = new OtlpBridge[1];
		this.bridge.run((context) -> {
			bridge[0] = context.getBean(OtlpBridge.class);
			assertThat(bridge[0].isRunning()).isTrue();
			assertThat(context).hasSingleBean(OtlpBridgeHealthIndicator.class)
				.hasSingleBean(OtlpBridgeMetrics.class)
				.hasSingleBean(OtlpBridgeEndpoint.class);
		});
		assertThat(bridge[0].isRunning()).isFalse();
	}

	@Test
	void startUpLineSaysWhereTelemetryGoes() {
		this.bridge
			.withPropertyValues("tracing.telemetry.stream.name=EDGE",
					"tracing.bridge.headers.authorization=Bearer s3cret",
					"tracing.bridge.logs.endpoint=https://logs.example.org/otlp?key=s3cret")
			.run((context) -> assertThat(context.getBean(StartupLine.class).text())
				.isEqualTo("Tracing no messages: there is no OpenTelemetry bean and GlobalOpenTelemetry is not set."
						+ " OTLP bridge: stream 'EDGE' to http://localhost:4318/v1/traces,"
						+ " https://logs.example.org/otlp, http://localhost:4318/v1/metrics"));
	}

	@Test
	void defaultsAreThoseOfTheTable() {
		OtlpBridgeProperties properties = new Binder(new MapConfigurationPropertySource())
			.bindOrCreate("tracing.bridge", OtlpBridgeProperties.class);
		assertThat(properties.enabled()).isFalse();
		assertThat(properties.durable()).isEqualTo("otlp-bridge");
		assertThat(properties.signals()).containsExactly(Signal.values());
		assertThat(properties.durablePerSignal()).isTrue();
		assertThat(properties.batchSize()).isEqualTo(100);
		assertThat(properties.maxBatchBytes()).isEqualTo(DataSize.ofMegabytes(8));
		assertThat(properties.flushInterval()).isEqualTo(Duration.ofSeconds(5));
		assertThat(properties.maxDeliveries()).isEqualTo(4);
		assertThat(properties.retryDelay()).isEqualTo(Duration.ofSeconds(5));
		assertThat(properties.ackWait()).isEqualTo(Duration.ofSeconds(30));
		assertThat(properties.requestsInFlight()).isEqualTo(4);
		assertThat(properties.pause()).isEqualTo(Duration.ofMinutes(1));
		assertThat(properties.backoff())
			.isEqualTo(new OtlpBridgeProperties.Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)));
		assertThat(properties.shutdownTimeout()).isEqualTo(Duration.ofSeconds(10));
		assertThat(properties.serviceName()).isEqualTo("dagnats");
		assertThat(properties.deadLetter()).isEqualTo(
				new OtlpBridgeProperties.DeadLetter("TELEMETRY_DLQ", Duration.ofDays(7), DataSize.ofGigabytes(1)));
		assertThat(properties.health().maxAge()).isEqualTo(Duration.ofMinutes(5));
	}

	@Test
	void someSignalsNeedConsumersOfTheirOwn() {
		ApplicationContextRunner some = this.bridge.withPropertyValues("tracing.bridge.signals=spans,logs");
		some.run((context) -> assertThat(context.getBean(OtlpBridge.class).status()).extracting(SignalStatus::signal)
			.containsExactly(Signal.SPANS, Signal.LOGS));
		some.withPropertyValues("tracing.bridge.durable-per-signal=false")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessage("tracing.bridge.durable-per-signal=false is invalid because one consumer for all signals"
						+ " delivers all of them. Set it to true, or leave tracing.bridge.signals as it is."));
		this.bridge.withPropertyValues("tracing.bridge.signals=")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("nothing would be drained"));
	}

	@Test
	void backendIsOnThisMachineByDefault() {
		this.bridge.run((context) -> {
			OtlpHttpOptions backend = context.getBean(OtlpHttpOptions.class);
			assertThat(backend.endpoints(Set.of(Signal.values()))).isEqualTo(
					"http://localhost:4318/v1/traces, http://localhost:4318/v1/logs, http://localhost:4318/v1/metrics");
			assertThat(backend.timeout(Signal.SPANS)).isEqualTo(Duration.ofSeconds(10));
			assertThat(backend.toString()).contains("headers [], timeout 10s, uncompressed").doesNotContain("gzip");
		});
	}

	@Test
	void propertiesOfOneSignalAreStrongerThanThoseOfAll() {
		this.bridge
			.withPropertyValues("tracing.bridge.endpoint=https://all.example.org/base", "tracing.bridge.timeout=7s",
					"tracing.bridge.compression=gzip", "tracing.bridge.headers.x-all=1",
					"tracing.bridge.spans.endpoint=http://spans.example.org/as-it-is",
					"tracing.bridge.logs.headers.x-logs=1", "tracing.bridge.metrics.timeout=1m",
					"tracing.bridge.metrics.compression=none")
			.run((context) -> assertThat(context.getBean(OtlpHttpOptions.class)).hasToString("{"
					+ "SPANS=http://spans.example.org/as-it-is (headers [x-all], timeout 7s, gzip), "
					+ "LOGS=https://all.example.org/base/v1/logs (headers [x-logs], timeout 7s, gzip), "
					+ "METRICS=https://all.example.org/base/v1/metrics (headers [x-all], timeout 1m, uncompressed)}"));
	}

	@Test
	void variablesOfOpenTelemetryAreTheDefaults() {
		ApplicationContextRunner variables = this.bridge.withPropertyValues(
				"OTEL_EXPORTER_OTLP_ENDPOINT=https://all.example.org", "OTEL_EXPORTER_OTLP_HEADERS=x-all=1,x-two=2",
				"OTEL_EXPORTER_OTLP_TIMEOUT=3000", "OTEL_EXPORTER_OTLP_COMPRESSION=gzip",
				"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://spans.example.org/as-it-is",
				"OTEL_EXPORTER_OTLP_LOGS_HEADERS=x-logs=1");
		variables.run((context) -> assertThat(context.getBean(OtlpHttpOptions.class))
			.hasToString("{" + "SPANS=http://spans.example.org/as-it-is (headers [x-all, x-two], timeout 3s, gzip), "
					+ "LOGS=https://all.example.org/v1/logs (headers [x-logs], timeout 3s, gzip), "
					+ "METRICS=https://all.example.org/v1/metrics (headers [x-all, x-two], timeout 3s, gzip)}"));
		variables
			.withPropertyValues("tracing.bridge.endpoint=http://mine.example.org", "tracing.bridge.headers.x-mine=1",
					"tracing.bridge.compression=none", "tracing.bridge.metrics.timeout=1s")
			.run((context) -> assertThat(context.getBean(OtlpHttpOptions.class)).hasToString("{"
					+ "SPANS=http://mine.example.org/v1/traces (headers [x-mine], timeout 3s, uncompressed), "
					+ "LOGS=http://mine.example.org/v1/logs (headers [x-mine], timeout 3s, uncompressed), "
					+ "METRICS=http://mine.example.org/v1/metrics (headers [x-mine], timeout 1s, uncompressed)}"));
	}

	@Test
	void variableThatCannotBeStopsTheStartWithItsName() {
		this.bridge.withPropertyValues("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT=10s")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessage("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT=10s is invalid because it is no number of milliseconds"
						+ " above zero. Write 10000 for ten seconds."));
		this.bridge.withPropertyValues("OTEL_EXPORTER_OTLP_CERTIFICATE=/no/such/file.pem")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.message()
				.startsWith("OTEL_EXPORTER_OTLP_CERTIFICATE=/no/such/file.pem is invalid because"));
	}

	@Test
	void variableThatIsIgnoredIsNamed(CapturedOutput output) {
		this.bridge.withPropertyValues("OTEL_EXPORTER_OTLP_PROTOCOL=grpc")
			.run((context) -> assertThat(output).contains("OTEL_EXPORTER_OTLP_PROTOCOL=grpc is ignored"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					tracing.bridge.endpoint | collector:4318 | it has no scheme | Write http://collector:4318, or https://collector:4318 if the backend has TLS.
					tracing.bridge.spans.endpoint | grpc://collector | its scheme is neither http nor https | Write the URL of the backend's OTLP/HTTP receiver, such as http://localhost:4318.
					tracing.bridge.timeout | 0s | a request takes some time | Choose a timeout above zero, such as 10s.
					tracing.bridge.metrics.timeout | -1s | a request takes some time | Choose a timeout above zero, such as 10s.
					tracing.bridge.headers.host | x | this header follows from the request | Remove the header 'host'.
					tracing.bridge.ssl-bundle | nowhere | there is no SSL bundle of that name | Configure one with spring.ssl.bundle.pem.nowhere or spring.ssl.bundle.jks.nowhere.
					tracing.bridge.durable | a.b | NATS takes no such name | Use a name without white space, '.', '*', '>', '/' and '\\', such as otlp-bridge.
					tracing.bridge.batch-size | 0 | less than one does nothing | Set it to 1 or more, such as 100.
					tracing.bridge.max-deliveries | 0 | less than one does nothing | Set it to 1 or more, such as 4.
					tracing.bridge.requests-in-flight | -1 | less than one does nothing | Set it to 1 or more, such as 4.
					tracing.bridge.max-batch-bytes | 3GB | a batch has to fit into memory | Set it to a size up to 2GB, such as 8MB.
					tracing.bridge.flush-interval | 100ms | it is shorter than 1s | Set it to 1s or more, such as 5s.
					tracing.bridge.ack-wait | 1s | it is shorter than 3s | Set it to 3s or more, such as 30s.
					tracing.bridge.retry-delay | -1s | a duration can't be negative | Set it to zero, or to a time such as 5s.
					tracing.bridge.shutdown-timeout | -1s | a duration can't be negative | Set it to zero, or to a time such as 10s.
					tracing.bridge.pause | 0s | the bridge would try without end and without rest | Set it to a time such as 1m.
					tracing.bridge.backoff.initial | 0s | the bridge would try without end and without rest | Set it to a time such as 1s.
					tracing.bridge.backoff.max | 500ms | it is shorter than the first wait | Set it to tracing.bridge.backoff.initial or more, such as 1m.
					tracing.bridge.dead-letter.stream | a b | NATS takes no such name | Use a name without white space, '.', '*', '>', '/' and '\\', such as TELEMETRY_DLQ.
					tracing.bridge.dead-letter.max-age | 1ms | no stream keeps its messages for so short a time | Set it to a time such as 7d, or to zero for no limit.
					tracing.bridge.dead-letter.max-size | 0B | a stream without room keeps nothing | Set it to a size such as 1GB.
					tracing.bridge.health.max-age | 0s | every record has some age | Set it to a time such as 5m.
					""")
	void badValueStopsTheStartWithTheMend(String property, String value, String reason, String mend) {
		this.bridge.withPropertyValues(property + "=" + value)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(InvalidTracingPropertyException.class)
				.satisfies((failure) -> {
					InvalidTracingPropertyException invalid = (InvalidTracingPropertyException) failure;
					assertThat(property).startsWith(invalid.property());
					assertThat(invalid.reason()).isEqualTo(reason);
					assertThat(invalid.mend()).isEqualTo(mend);
				}));
	}

	@Test
	void secretsAreNotPrinted(CapturedOutput output) {
		this.bridge
			.withPropertyValues("tracing.bridge.headers.authorization=Bearer s3cret",
					"tracing.bridge.spans.headers.x-key=s3cret", "logging.level.root=debug")
			.run((context) -> {
				OtlpBridgeProperties properties = context.getBean(OtlpBridgeProperties.class);
				assertThat(properties.toString()).contains("authorization").doesNotContain("s3cret");
				assertThat(properties.spans().toString()).contains("x-key").doesNotContain("s3cret");
				assertThat(context.getBean(OtlpHttpOptions.class).toString()).doesNotContain("s3cret");
			});
		this.bridge.withPropertyValues("tracing.bridge.endpoint=https://ada:s3cret@example.org")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.message()
				.startsWith(
						"tracing.bridge.endpoint=https://example.org is invalid because it has a user or a password"));
		assertThat(output).doesNotContain("s3cret");
	}

	@ParameterizedTest
	@CsvSource({ "io.nats, jnats, io.nats:jnats",
			"io.opentelemetry.proto, opentelemetry-proto, io.opentelemetry.proto:opentelemetry-proto" })
	void missingLibraryIsNamed(String hidden, String library, String dependency) {
		this.bridge.withClassLoader(new FilteredClassLoader(hidden))
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(InvalidTracingPropertyException.class)
				.hasMessage("tracing.bridge.enabled=true is invalid because %s is not on the class path."
						+ " Add the dependency '%s'.", library, dependency));
	}

	@ParameterizedTest
	@ValueSource(classes = { Connection.class, ExportTraceServiceRequest.class })
	void missingLibraryIsNoMatterIfThereIsNoBridge(Class<?> hidden) {
		this.bare.withClassLoader(new FilteredClassLoader(hidden.getPackageName()))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void usersBeansWin() {
		try (OtlpBridge own = OtlpBridge.builder(() -> {
			throw new IllegalStateException("no connection");
		}, OtlpHttpOptions.defaults()).build()) {
			this.bridge.withBean("myBridge", OtlpBridge.class, () -> own).run((context) -> {
				assertThat(context).hasSingleBean(OtlpBridge.class).hasBean("myBridge");
				assertThat(own.isRunning()).isTrue();
				assertThat(context).hasSingleBean(OtlpBridgeEndpoint.class);
			});
		}
		OtlpHttpOptions backend = OtlpHttpOptions.builder().endpoint("http://mine.example.org").build();
		this.bridge.withBean("myBackend", OtlpHttpOptions.class, () -> backend)
			.run((context) -> assertThat(context).hasSingleBean(OtlpHttpOptions.class).hasBean("myBackend"));
	}

	@Test
	void healthIsOptional() {
		this.bridge.withPropertyValues("management.health.otlp-bridge.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OtlpBridgeHealthIndicator.class));
		this.bridge.withClassLoader(new FilteredClassLoader(Health.class.getPackageName()))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(OtlpBridge.class));
	}

	@Test
	void micrometerIsOptional() {
		this.bridge.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(OtlpBridge.class));
	}

	@Test
	void endpointIsThereOnlyIfExposed() {
		this.bridge.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OtlpBridgeEndpoint.class));
	}

	@Test
	void lazyInitialisationDoesNotKeepItFromRunning() {
		this.bridge
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getBean(OtlpBridge.class).isRunning()).isTrue());
	}

	@ParameterizedTest
	@EnumSource(Signal.class)
	void everySignalHasItsOwnSettings(Signal signal) {
		OtlpBridgeProperties properties = new Binder(new MapConfigurationPropertySource(
				Map.of("tracing.bridge.%s.endpoint".formatted(signal.text()), "http://" + signal.text())))
			.bindOrCreate("tracing.bridge", OtlpBridgeProperties.class);
		assertThat(properties.target(signal).endpoint()).isEqualTo("http://" + signal.text());
	}

}
