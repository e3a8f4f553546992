// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.Nats;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.tracing.messaging.ClientProxy;
import io.tracing.testing.NatsServer;
import io.tracing.testing.Spans;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Spring Boot application with a connection of its own to a real server, and not a line
 * of code for tracing: its messages are one trace, to the last span.
 */
@ExtendWith(OutputCaptureExtension.class)
class NatsApplicationIntegrationTests {

	private final String name = NatsServer.newName("shop");

	@Test
	void messagesAreOneTraceWithoutALineOfCode(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start(Shop.class)) {
			Spans spans = context.getBean(Spans.class);
			context.getBean(Connection.class).publish(this.name + ".orders", NatsContexts.BODY);
			SpanData order = spans.await("publish " + this.name + ".orders");
			SpanData billing = spans.await("process " + this.name + ".orders");
			SpanData shipment = spans.await("publish " + this.name + ".stored.shipments");
			SpanData shipping = spans.await("process " + this.name + ".stored.shipments");
			SpanData question = spans.await("request " + this.name + ".carriers");
			SpanData carrier = spans.await("process " + this.name + ".carriers");
			SpanData answer = spans.await("publish _INBOX");
			SpanData ack = spans.await("ack " + this.name + ".stored.shipments");
			spans.awaitNoneOpen();
			assertThat(List.of(order, billing, shipment, shipping, question, carrier, answer, ack))
				.extracting(SpanData::getTraceId)
				.containsOnly(order.getTraceId());
			assertThat(billing.getParentSpanId()).isEqualTo(order.getSpanId());
			assertThat(shipment.getParentSpanId()).isEqualTo(billing.getSpanId());
			assertThat(shipping.getParentSpanId()).isEqualTo(shipment.getSpanId());
			assertThat(question.getParentSpanId()).isEqualTo(shipping.getSpanId());
			assertThat(carrier.getParentSpanId()).isEqualTo(question.getSpanId());
			assertThat(answer.getParentSpanId()).isEqualTo(carrier.getSpanId());
			assertThat(ack.getParentSpanId()).isEqualTo(shipping.getSpanId());
			assertThat(spans.ended()).hasSize(8);
		}
		assertThat(output).contains("io.tracing").contains("NATS: 1 connection");
	}

	@Test
	void lastSpansAreExportedBeforeTheSdkStops() {
		RecordingExporter exporter;
		try (ConfigurableApplicationContext context = start(Farewell.class)) {
			exporter = context.getBean(RecordingExporter.class);
		}
		assertThat(exporter.exported).contains("publish " + this.name + ".closing",
				"publish " + this.name + ".farewell");
	}

	@Test
	void openTelemetryThatIsMadeWhenItIsNeededIsNeededByTheConnection() {
		try (ConfigurableApplicationContext context = start(LazyOpenTelemetry.class)) {
			NatsContexts.assertTracedOnce(context, context.getBean(Connection.class));
			assertThat(NatsContexts.line(context)).contains("NATS: 1 connection");
		}
	}

	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void connectionThatOpenTelemetryNeedsItselfIsLeftAlone(boolean circularReferences, boolean exporterFirst) {
		Class<?>[] application = exporterFirst ? new Class<?>[] { ExporterOverNats.class, OfTheUser.class }
				: new Class<?>[] { OfTheUser.class, ExporterOverNats.class };
		try (ConfigurableApplicationContext context = start(application,
				"--spring.main.allow-circular-references=" + circularReferences)) {
			Connection connection = context.getBean(Connection.class);
			assertThat(ClientProxy.isOne(connection)).isFalse();
			assertThat(context.getBean(ExporterOverNats.class).exportsThrough).isSameAs(connection);
			assertThat(NatsContexts.line(context)).contains("NATS: not 'connection', ")
				.containsAnyOf("OpenTelemetry is made of beans that need it",
						"Requested bean is currently in creation");
		}
	}

	@Test
	void connectionThatIsNeededBeforeItIsFinishedIsTraced() {
		try (ConfigurableApplicationContext context = start(new Class<?>[] { OfTheUser.class, Impatient.class },
				"--spring.main.allow-circular-references=true")) {
			Connection connection = context.getBean(Connection.class);
			assertThat(context.getBean("holder", AtomicReference.class).get()).isSameAs(connection);
			NatsContexts.assertTracedOnce(context, connection);
			assertThat(NatsContexts.line(context)).contains("NATS: 1 connection");
		}
	}

	private ConfigurableApplicationContext start(Class<?> application) {
		return start(new Class<?>[] { application });
	}

	private ConfigurableApplicationContext start(Class<?>[] application, String... arguments) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("name=" + this.name, "management.tracing.sampling.probability=1",
					"logging.level.io.tracing=info", "management.otlp.metrics.export.enabled=false")
			.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	static class OfTheUser {

		@Bean
		Connection connection() throws IOException, InterruptedException {
			return Nats.connect(NatsServer.shared().url());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Shop extends OfTheUser {

		@Value("${name}")
		private String name;

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean
		JetStream jetStream(Connection connection) throws IOException, JetStreamApiException {
			connection.jetStreamManagement()
				.addStream(StreamConfiguration.builder()
					.name(this.name)
					.subjects(this.name + ".stored.*")
					.storageType(StorageType.Memory)
					.build());
			return connection.jetStream();
		}

		@Bean
		Dispatcher billing(Connection connection, JetStream jetStream) {
			return connection
				.createDispatcher((order) -> jetStream.publishAsync(this.name + ".stored.shipments", order.getData()))
				.subscribe(this.name + ".orders");
		}

		@Bean
		Dispatcher carriers(Connection connection) {
			return connection
				.createDispatcher(
						(question) -> question.getConnection().publish(question.getReplyTo(), NatsContexts.BODY))
				.subscribe(this.name + ".carriers");
		}

		@Bean
		ConsumerContext shipments(Connection connection, JetStream jetStream)
				throws IOException, JetStreamApiException {
			return connection.getStreamContext(this.name)
				.createOrUpdateConsumer(ConsumerConfiguration.builder().durable("shipping").build());
		}

		@Bean(destroyMethod = "stop")
		MessageConsumer shipping(Connection connection, ConsumerContext shipments)
				throws IOException, JetStreamApiException {
			return shipments.consume((shipment) -> {
				Message offer = connection.request(this.name + ".carriers", NatsContexts.BODY, Duration.ofSeconds(10));
				assertThat(offer).isNotNull();
				shipment.ack();
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Farewell extends OfTheUser {

		@Bean
		RecordingExporter exporter() {
			return new RecordingExporter();
		}

		@Bean
		DisposableBean closing(Connection connection, @Value("${name}") String name) {
			connection.publish(name + ".closing", NatsContexts.BODY);
			return () -> connection.publish(name + ".farewell", NatsContexts.BODY);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class LazyOpenTelemetry extends OfTheUser {

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean
		@Lazy
		OpenTelemetry openTelemetry(Spans spans) {
			return OpenTelemetrySdk.builder()
				.setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(spans).build())
				.setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ExporterOverNats {

		private Connection exportsThrough;

		@Bean
		BatchSpanProcessor processor(Connection connection) {
			this.exportsThrough = connection;
			return BatchSpanProcessor.builder(new RecordingExporter()).build();
		}

	}

	/** Another post-processor gives the connection to a bean before it is finished. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Impatient {

		@Bean
		static BeanPostProcessor impatience(ObjectProvider<AtomicReference<Connection>> holder) {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessBeforeInitialization(Object bean, String beanName) {
					if (bean instanceof Connection) {
						holder.getObject();
					}
					return bean;
				}

			};
		}

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean
		AtomicReference<Connection> holder(Connection connection) {
			return new AtomicReference<>(connection);
		}

	}

	/** Takes no span after it was shut down, as a real one. */
	static final class RecordingExporter implements SpanExporter {

		private final Queue<String> exported = new ConcurrentLinkedQueue<>();

		private volatile boolean shutDown;

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			if (this.shutDown) {
				return CompletableResultCode.ofFailure();
			}
			spans.forEach((span) -> this.exported.add(span.getName()));
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode flush() {
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public String toString() {
			return this.exported.toString();
		}

		@Override
		public CompletableResultCode shutdown() {
			this.shutDown = true;
			return CompletableResultCode.ofSuccess();
		}

	}

}
