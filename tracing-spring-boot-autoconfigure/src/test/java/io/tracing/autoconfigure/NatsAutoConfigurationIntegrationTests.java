// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.List;
import java.util.Map;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.ObjectStore;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.StreamContext;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.tracing.kafka.KafkaTracing;
import io.tracing.messaging.ClientProxy;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.SpanTemplate;
import io.tracing.nats.NatsHeadersGetter;
import io.tracing.nats.NatsHeadersSetter;
import io.tracing.nats.NatsTracing;
import io.tracing.testing.NatsServer;
import io.tracing.testing.Spans;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static io.tracing.autoconfigure.NatsContexts.assertTracedOnce;
import static io.tracing.autoconfigure.NatsContexts.connect;
import static io.tracing.autoconfigure.NatsContexts.line;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which NATS beans there are, what is traced and what is not, and what the start-up line
 * and the endpoint say of it. The connections are to a real server.
 */
class NatsAutoConfigurationIntegrationTests {

	private static final String MEND = "not made of a Connection that is a bean: make it of one, or wrap its"
			+ " connection with NatsTracing.wrap()";

	private final ApplicationContextRunner traced = NatsContexts.traced().withUserConfiguration(OneConnection.class);

	private final ApplicationContextRunner bare = NatsContexts.bare().withUserConfiguration(OneConnection.class);

	@AfterEach
	void forgetGlobal() {
		GlobalOpenTelemetry.resetForTest();
	}

	@ParameterizedTest
	@ValueSource(strings = { "tracing.enabled=false", "management.opentelemetry.enabled=false" })
	void switchedOffTheConnectionIsTheUsersOwn(String property) {
		this.traced.withPropertyValues(property).run((context) -> {
			assertUntraced(context);
			assertThat(line(context)).isEqualTo("Tracing no messages: " + property);
		});
	}

	@Test
	void natsCanBeSwitchedOffAlone() {
		this.traced.withPropertyValues("tracing.nats.enabled=false").run((context) -> {
			assertUntraced(context);
			assertThat(line(context))
				.isEqualTo("Tracing messages with the OpenTelemetry bean. NATS: no, tracing.nats.enabled=false");
		});
	}

	@Test
	void withoutOpenTelemetryTheConnectionIsTheUsersOwn() {
		this.bare.run((context) -> {
			assertUntraced(context);
			assertThat(line(context))
				.isEqualTo("Tracing no messages: there is no OpenTelemetry bean and GlobalOpenTelemetry is not set");
		});
		this.bare.withBean(OpenTelemetry.class, OpenTelemetry::noop)
			.run(NatsAutoConfigurationIntegrationTests::assertUntraced);
	}

	@Test
	void globalOpenTelemetryIsUsedIfThereIsNoBean() {
		GlobalOpenTelemetry.set(OpenTelemetrySdk.builder().build());
		this.bare.run((context) -> {
			assertThat(ClientProxy.isOne(context.getBean(Connection.class))).isTrue();
			assertThat(line(context)).isEqualTo("Tracing messages with GlobalOpenTelemetry. NATS: 1 connection");
		});
	}

	@Test
	void whatIsMadeOfTheConnectionIsTraced() {
		this.traced.withUserConfiguration(Derived.class).run((context) -> {
			assertThat(context).hasNotFailed();
			for (Class<?> type : new Class<?>[] { Connection.class, JetStream.class, KeyValue.class, ObjectStore.class,
					Dispatcher.class, StreamContext.class, ConsumerContext.class, OrderedConsumerContext.class,
					JetStreamSubscription.class }) {
				assertThat(ClientProxy.isOne(context.getBean(type))).as(type.getName()).isTrue();
			}
			assertThat(line(context)).isEqualTo("Tracing messages with the OpenTelemetry bean. NATS: 1 connection");
			String stream = context.getBean(StreamContext.class).getStreamName();
			context.getBean(JetStream.class).publish(stream + ".orders", NatsContexts.BODY);
			context.getBean(KeyValue.class).put("ada", NatsContexts.BODY);
			Spans spans = context.getBean(Spans.class);
			spans.await("publish " + stream + ".orders");
			spans.await("put " + context.getBean(KeyValue.class).getBucketName());
			spans.awaitNoneOpen();
		});
	}

	@Test
	void whatIsMadeOfAPrivateConnectionIsNamedWithTheMend() {
		NatsContexts.traced()
			.withUserConfiguration(Private.class)
			.withPropertyValues("management.endpoints.web.exposure.include=tracing")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				String[] names = { "jetStream", "keyValue", "objectStore", "dispatcher", "stream", "consumer",
						"ordered", "subscription" };
				for (String name : names) {
					assertThat(ClientProxy.isOne(context.getBean(name))).as(name).isFalse();
				}
				assertThat(line(context)).endsWith("NATS: not 'stream', 'jetStream', 'consumer', 'ordered',"
						+ " 'subscription', 'keyValue', 'objectStore', 'dispatcher', " + MEND);
				assertThat(context.getBean(TracingEndpoint.class).tracing().brokers()).singleElement()
					.satisfies((broker) -> assertThat(broker.components()).hasSize(names.length)
						.contains(new TracingEndpoint.ComponentDescriptor("jetStream", "client", false, MEND)));
			});
	}

	@Test
	void endpointShowsTheConnections() {
		this.traced.withPropertyValues("management.endpoints.web.exposure.include=tracing")
			.run((context) -> assertThat(context.getBean(TracingEndpoint.class).tracing().brokers()).singleElement()
				.isEqualTo(new TracingEndpoint.BrokerDescriptor("NATS", true, null,
						List.of(new TracingEndpoint.ComponentDescriptor("connection", "connection", true, null)),
						List.of())));
		this.traced
			.withPropertyValues("management.endpoints.web.exposure.include=tracing", "tracing.nats.enabled=false")
			.run((context) -> assertThat(context.getBean(TracingEndpoint.class).tracing().brokers()).singleElement()
				.isEqualTo(new TracingEndpoint.BrokerDescriptor("NATS", false, "tracing.nats.enabled=false", List.of(),
						List.of())));
	}

	@Test
	void usersBeansWin() {
		this.traced.withUserConfiguration(UserBeans.class).run((context) -> {
			for (Map.Entry<String, Class<?>> bean : Map
				.<String, Class<?>>of("myNats", NatsTracing.class, "myGetter", NatsHeadersGetter.class, "mySetter",
						NatsHeadersSetter.class)
				.entrySet()) {
				assertThat(context).as(bean.getKey()).hasSingleBean(bean.getValue()).hasBean(bean.getKey());
			}
			Connection connection = context.getBean(Connection.class);
			connection.publish("strangers", NatsContexts.BODY);
			assertTracedOnce(context, connection);
			assertThat(context.getBean(Spans.class).named("publish strangers")).as("as the user's bean says").isEmpty();
		});
	}

	@Test
	void userBeanThatTracesNothingIsReported() {
		this.traced.withBean("nothing", NatsTracing.class, () -> NatsTracing.create(OpenTelemetry.noop()))
			.run((context) -> {
				assertThat(ClientProxy.isOne(context.getBean(Connection.class))).isFalse();
				assertThat(line(context)).endsWith("NATS: not 'connection', the NatsTracing bean did not wrap it");
			});
	}

	@Test
	void carriersAreBeans() {
		this.traced.run((context) -> {
			assertThat(context.getBean(NatsHeadersGetter.class)).isSameAs(NatsHeadersGetter.INSTANCE);
			assertThat(context.getBean(NatsHeadersSetter.class)).isSameAs(NatsHeadersSetter.INSTANCE);
		});
	}

	@Test
	void withoutJnatsItStarts() {
		NatsContexts.traced().withClassLoader(new FilteredClassLoader("io.nats")).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(SpanTemplate.class);
			assertThat(context).doesNotHaveBean("natsTracing");
			assertThat(line(context)).isEqualTo("Tracing messages with the OpenTelemetry bean. No broker clients");
		});
	}

	@Test
	void withoutJnatsKafkaIsTraced() {
		withKafka(NatsContexts.traced()).withClassLoader(new FilteredClassLoader("io.nats"))
			.run((context) -> assertThat(line(context)).contains("Kafka: 1 producer factory").doesNotContain("NATS"));
	}

	@Test
	void withoutKafkaNatsIsTraced() {
		withKafka(this.traced).withClassLoader(new FilteredClassLoader("org.springframework.kafka", "org.apache.kafka"))
			.run((context) -> {
				assertThat(context).doesNotHaveBean("kafkaTracing");
				assertTracedOnce(context, context.getBean(Connection.class));
				assertThat(line(context)).isEqualTo("Tracing messages with the OpenTelemetry bean. NATS: 1 connection");
			});
	}

	@Test
	void bothBrokersAreTracedInOneApplication() {
		withKafka(this.traced).run((context) -> {
			assertThat(context).hasSingleBean(KafkaTracing.class).hasSingleBean(NatsTracing.class);
			assertTracedOnce(context, context.getBean(Connection.class));
			assertThat(line(context))
				.isEqualTo("Tracing messages with the OpenTelemetry bean. Kafka: 1 producer factory,"
						+ " 1 consumer factory, 1 listener container factory; NATS: 1 connection");
		});
	}

	private static ApplicationContextRunner withKafka(ApplicationContextRunner runner) {
		return runner.withConfiguration(
				AutoConfigurations.of(KafkaTracingAutoConfiguration.class, KafkaAutoConfiguration.class));
	}

	/**
	 * Invariant 7: off means absent.
	 */
	private static void assertUntraced(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed().hasSingleBean(NatsTracing.class);
		Connection connection = context.getBean(Connection.class);
		assertThat(connection).isSameAs(context.getBean(OneConnection.class).made);
		assertThat(context.getBean(NatsTracing.class).wrap(connection)).isSameAs(connection);
		assertThat(context.getBean(SpanTemplate.class).<Integer, RuntimeException>call("anything", (span) -> 42))
			.isEqualTo(42);
	}

	@Configuration(proxyBeanMethods = false)
	static class OneConnection {

		private Connection made;

		@Bean
		Connection connection() {
			this.made = connect();
			return this.made;
		}

	}

	/** One bean of each kind, as an application declares them. */
	abstract static class Clients {

		private final String name = NatsServer.newName("clients");

		abstract Connection connection();

		@Bean
		StreamContext stream() throws Exception {
			connection().jetStreamManagement()
				.addStream(StreamConfiguration.builder()
					.name(this.name)
					.subjects(this.name + ".>")
					.storageType(StorageType.Memory)
					.build());
			return connection().getStreamContext(this.name);
		}

		@Bean
		JetStream jetStream() throws Exception {
			return connection().jetStream();
		}

		@Bean
		ConsumerContext consumer(StreamContext stream) throws Exception {
			return stream.createOrUpdateConsumer(ConsumerConfiguration.builder().durable("billing").build());
		}

		@Bean
		OrderedConsumerContext ordered(StreamContext stream) throws Exception {
			return stream.createOrderedConsumer(new OrderedConsumerConfiguration());
		}

		@Bean
		Subscription subscription(JetStream jetStream, StreamContext stream) throws Exception {
			return jetStream.subscribe(this.name + ".never");
		}

		@Bean
		KeyValue keyValue() throws Exception {
			connection().keyValueManagement()
				.create(KeyValueConfiguration.builder().name(this.name).storageType(StorageType.Memory).build());
			return connection().keyValue(this.name);
		}

		@Bean
		ObjectStore objectStore() throws Exception {
			connection().objectStoreManagement()
				.create(ObjectStoreConfiguration.builder().name(this.name).storageType(StorageType.Memory).build());
			return connection().objectStore(this.name);
		}

		@Bean
		Dispatcher dispatcher() {
			return connection().createDispatcher((message) -> {
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Derived extends Clients {

		private final Connection connection;

		Derived(Connection connection) {
			this.connection = connection;
		}

		@Override
		Connection connection() {
			return this.connection;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Private extends Clients implements AutoCloseable {

		private final Connection connection = connect();

		@Override
		Connection connection() {
			return this.connection;
		}

		@Override
		public void close() {
			try {
				this.connection.close();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserBeans {

		@Bean
		NatsTracing myNats(MessagingTracing messaging) {
			return NatsTracing.builder(messaging).subjects((subject) -> !subject.equals("strangers")).build();
		}

		@Bean
		NatsHeadersGetter myGetter() {
			return NatsHeadersGetter.INSTANCE;
		}

		@Bean
		NatsHeadersSetter mySetter() {
			return NatsHeadersSetter.INSTANCE;
		}

	}

}
