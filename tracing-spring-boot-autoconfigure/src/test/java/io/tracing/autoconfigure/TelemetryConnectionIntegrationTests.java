// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.google.protobuf.InvalidProtocolBufferException;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.tracing.messaging.ClientProxy;
import io.tracing.nats.NatsTracing;
import io.tracing.telemetry.StreamMessages;
import io.tracing.telemetry.StreamPublisher;
import io.tracing.telemetry.TelemetryCounters;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.NatsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Where telemetry finds NATS, what it says if it doesn't, and what never is in what it
 * says.
 */
@ExtendWith(OutputCaptureExtension.class)
class TelemetryConnectionIntegrationTests {

	private static final String SECRET = "s3cr3t-value";

	private NatsServer server = NatsServer.start();

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void tracedConnectionOfTheApplicationCarriesTelemetryWithoutASpanOfIt() {
		Class<?>[] application = { TelemetryApplication.class, OfTheApplication.class };
		try (ConfigurableApplicationContext context = start(application, "--tracing.telemetry.format=dagnats")) {
			Connection connection = context.getBean(Connection.class);
			assertThat(ClientProxy.isOne(connection)).isTrue();
			TelemetryConnection telemetry = context.getBean(TelemetryConnection.class);
			assertThat(telemetry.get()).isSameAs(NatsTracing.unwrap(connection));
			connection.publish("orders.created", NatsContexts.BODY);
			TelemetryCounters counters = context.getBean(StreamPublisher.class).counters();
			await().until(() -> counters.published(Signal.SPANS) > 0);
			assertThat(context.getBean(StartupLine.class).text()).contains("NATS: 1 connection")
				.endsWith("Telemetry: spans, logs to the stream 'TELEMETRY' as dagnats");
		}
		List<Message> messages = StreamMessages.of(this.server);
		assertThat(messages).singleElement()
			.satisfies((message) -> assertThat(new String(message.getData(), StandardCharsets.UTF_8))
				.contains("\"name\":\"publish orders.created\""));
	}

	@Test
	void lastSpansAreInTheStreamBeforeTheApplicationsConnectionIsClosed() throws InvalidProtocolBufferException {
		Class<?>[] application = { TelemetryApplication.class, Farewell.class };
		Connection connection;
		try (ConfigurableApplicationContext context = start(application)) {
			connection = NatsTracing.unwrap(context.getBean(Connection.class));
		}
		assertThat(connection.getStatus()).isEqualTo(Connection.Status.CLOSED);
		assertThat(namesOfSpans()).containsExactlyInAnyOrder("publish closing", "publish farewell");
	}

	@Test
	void otherExportersGetTheSameSpans() throws InvalidProtocolBufferException {
		Class<?>[] application = { TelemetryApplication.class, OtherExporter.class };
		NatsApplicationIntegrationTests.RecordingExporter other;
		try (ConfigurableApplicationContext context = start(application, servers(),
				"--management.opentelemetry.tracing.export.otlp.endpoint=http://localhost:1/v1/traces")) {
			assertThat(context.getBeansOfType(io.opentelemetry.sdk.trace.export.SpanExporter.class))
				.containsKeys("jetStreamSpanExporter", "otherExporter", "otlpHttpSpanExporter");
			other = context.getBean(NatsApplicationIntegrationTests.RecordingExporter.class);
			context.getBean(OpenTelemetry.class).getTracer("orders").spanBuilder("price").startSpan().end();
		}
		assertThat(other).hasToString("[price]");
		assertThat(namesOfSpans()).containsExactly("price");
	}

	@Test
	void noConnectionAtAllStopsTheStart(CapturedOutput output) {
		assertThatThrownBy(() -> start(new Class<?>[] { TelemetryApplication.class }));
		assertThat(output)
			.contains("The value '' of the property 'tracing.telemetry.nats.servers' is invalid because"
					+ " there is no bean of type Connection either.")
			.contains("Set it to the servers of NATS, such as 'nats://localhost:4222', or make one connection the"
					+ " application's.");
	}

	@Test
	void moreThanOneConnectionStopsTheStart(CapturedOutput output) {
		assertThatThrownBy(
				() -> start(new Class<?>[] { TelemetryApplication.class, OfTheApplication.class, Another.class }));
		assertThat(output).contains("'tracing.telemetry.nats.servers' is invalid because there is more than one bean of"
				+ " type Connection and none of them is @Primary.");
	}

	@Test
	void whatIsNoServerStopsTheStart(CapturedOutput output) {
		assertThatThrownBy(() -> start(new Class<?>[] { TelemetryApplication.class },
				"--tracing.telemetry.nats.servers=nats://ada:" + SECRET + "@my host:x"));
		assertThat(output).contains("The value 'nats://my host:x' of the property 'tracing.telemetry.nats.servers'")
			.contains("is invalid because it is not the address of a server")
			.doesNotContain(SECRET);
	}

	@Test
	void missingCredentialsFileStopsTheStart(CapturedOutput output) {
		assertThatThrownBy(() -> start(new Class<?>[] { TelemetryApplication.class }, servers(),
				"--tracing.telemetry.nats.credentials=/nowhere/edge.creds"));
		assertThat(output)
			.contains("The value '/nowhere/edge.creds' of the property" + " 'tracing.telemetry.nats.credentials'")
			.contains("is invalid because there is no such file, or it can't be read");
	}

	@Test
	void serverThatIsAwayIsSaidOnceAndWaitedFor(CapturedOutput output) throws InvalidProtocolBufferException {
		this.server.kill();
		try (ConfigurableApplicationContext context = start(new Class<?>[] { TelemetryApplication.class }, servers())) {
			context.getBean(OpenTelemetry.class).getTracer("orders").spanBuilder("price").startSpan().end();
			awaitLine(output, "Telemetry waits for the stream 'TELEMETRY': NATS can't be reached at [nats://");
			this.server.restart();
		}
		assertThat(output.getOut()).containsOnlyOnce("NATS can't be reached")
			.contains("Set tracing.telemetry.nats.servers to where it is.")
			.doesNotContain("SEVERE");
		assertThat(namesOfSpans()).containsExactly("price");
	}

	@Test
	void wrongCredentialsAreSaidOnceWithoutThem(CapturedOutput output) {
		this.server.close();
		this.server = NatsServer.start("authorization { user: ada, password: right }");
		String address = this.server.url().replace("nats://", "nats://ada:" + SECRET + "@");
		try (ConfigurableApplicationContext context = start(new Class<?>[] { TelemetryApplication.class },
				"--tracing.telemetry.nats.servers=" + address, "--tracing.telemetry.flush-timeout=1s")) {
			context.getBean(OpenTelemetry.class).getTracer("orders").spanBuilder("price").startSpan().end();
			awaitLine(output, "lets nobody in with these credentials");
		}
		assertThat(output).contains("tracing.telemetry.nats.username and tracing.telemetry.nats.password")
			.contains("1 records of telemetry were dropped")
			.doesNotContain(SECRET)
			.doesNotContain("SEVERE");
		assertThat(output.getOut()).containsOnlyOnce("lets nobody in");
	}

	@Test
	void userAndPasswordOpenAConnection() {
		this.server.close();
		this.server = NatsServer.start("authorization { user: ada, password: " + SECRET + " }");
		try (ConfigurableApplicationContext context = start(new Class<?>[] { TelemetryApplication.class }, servers(),
				"--tracing.telemetry.nats.username=ada", "--tracing.telemetry.nats.password=" + SECRET)) {
			Connection connection = context.getBean(TelemetryConnection.class).get();
			assertThat(connection.getStatus()).isEqualTo(Connection.Status.CONNECTED);
			assertThat(context.getBean(TelemetryProperties.class).toString()).doesNotContain(SECRET);
		}
	}

	private static void awaitLine(CapturedOutput output, String text) {
		await().atMost(Duration.ofSeconds(60)).until(() -> output.getAll().contains(text));
	}

	private Set<String> namesOfSpans() throws InvalidProtocolBufferException {
		Set<String> names = new TreeSet<>();
		for (Message message : StreamMessages.of(this.server, "TELEMETRY", "telemetry.spans.>")) {
			ExportTraceServiceRequest.parseFrom(message.getData())
				.getResourceSpansList()
				.forEach((resource) -> resource.getScopeSpansList()
					.forEach((scope) -> scope.getSpansList().forEach((span) -> names.add(span.getName()))));
		}
		return names;
	}

	private String servers() {
		return "--tracing.telemetry.nats.servers=" + this.server.url();
	}

	private ConfigurableApplicationContext start(Class<?>[] application, String... arguments) {
		return TelemetryApplication.start(application,
				TelemetryApplication.with(arguments, "--url=" + this.server.url(),
						"--tracing.telemetry.signals=spans,logs", "--management.otlp.metrics.export.enabled=false"));
	}

	@Configuration(proxyBeanMethods = false)
	static class OfTheApplication {

		@Bean
		Connection connection(@Value("${url}") String url) throws IOException, InterruptedException {
			return Nats.connect(new Options.Builder().server(url).build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Another {

		@Bean
		Connection another(@Value("${url}") String url) throws IOException, InterruptedException {
			return Nats.connect(new Options.Builder().server(url).build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Farewell extends OfTheApplication {

		@Bean
		DisposableBean closing(Connection connection) {
			connection.publish("closing", NatsContexts.BODY);
			return () -> connection.publish("farewell", NatsContexts.BODY);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherExporter {

		@Bean
		NatsApplicationIntegrationTests.RecordingExporter otherExporter() {
			return new NatsApplicationIntegrationTests.RecordingExporter();
		}

	}

}
