// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.Map;
import java.util.function.Consumer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.tracing.kafka.KafkaTracing;
import io.tracing.kafka.TracingBatchInterceptor;
import io.tracing.kafka.TracingProducerListener;
import io.tracing.kafka.TracingRecordInterceptor;
import io.tracing.messaging.Faults;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.SpanTemplate;
import io.tracing.micrometer.MicrometerMessagingMetrics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.RecordInterceptor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which beans there are, whose OpenTelemetry they use, what is instrumented, and what the
 * start-up line says of it. No broker: nothing is sent.
 */
class TracingAutoConfigurationTests {

	private static final OpenTelemetrySdk SDK = OpenTelemetrySdk.builder().build();

	private final ApplicationContextRunner bare = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TracingAutoConfiguration.class, KafkaTracingAutoConfiguration.class,
				TracingEndpointAutoConfiguration.class, KafkaAutoConfiguration.class));

	private final ApplicationContextRunner withBoot = this.bare
		.withConfiguration(AutoConfigurations.of(OpenTelemetrySdkAutoConfiguration.class,
				OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class));

	private final ApplicationContextRunner withSdk = this.bare.withBean("sdk", OpenTelemetry.class, () -> SDK,
			(definition) -> ((AbstractBeanDefinition) definition).setDestroyMethodName(""));

	@AfterEach
	void forgetGlobal() {
		GlobalOpenTelemetry.resetForTest();
	}

	@Test
	void bootsOpenTelemetryIsUsed() {
		this.withBoot.run((context) -> {
			assertTraced(context);
			assertThat(context.getBean(TracingSource.class).openTelemetry())
				.isSameAs(context.getBean(OpenTelemetry.class));
			assertThat(context).hasSingleBean(Tracer.class);
			assertThat(context).hasSingleBean(SpanTemplate.class);
			assertThat(line(context)).isEqualTo("Tracing messages with the OpenTelemetry bean. Kafka: "
					+ "1 producer factory, 1 consumer factory, 1 listener container factory");
		});
	}

	@Test
	void usersOpenTelemetryIsUsed() {
		this.withSdk.run((context) -> {
			assertTraced(context);
			assertThat(context.getBean(TracingSource.class).openTelemetry()).isSameAs(SDK);
		});
	}

	@Test
	void batchesHaveAsManyLinksAsTheSdkKeeps() {
		this.withSdk.run((context) -> assertThat(context.getBean(MessagingTracing.class).maxLinks()).isEqualTo(128));
		this.withBoot.withBean(SpanLimits.class, () -> SpanLimits.builder().setMaxNumberOfLinks(500).build())
			.run((context) -> assertThat(context.getBean(MessagingTracing.class).maxLinks()).isEqualTo(500));
	}

	@Test
	void batchFactoryIsTracedToo() {
		this.withSdk.withPropertyValues("spring.kafka.listener.type=batch").run((context) -> {
			assertThat(factory(context).getBatchInterceptor()).isInstanceOf(TracingBatchInterceptor.class);
			assertThat(line(context)).endsWith("1 listener container factory");
		});
	}

	@Test
	void globalOpenTelemetryIsUsedIfThereIsNoBean() {
		GlobalOpenTelemetry.set(SDK);
		this.bare.run((context) -> {
			assertTraced(context);
			assertThat(line(context)).startsWith("Tracing messages with GlobalOpenTelemetry. ");
		});
	}

	@Test
	void withoutOpenTelemetryItIsInert() {
		this.bare.run((context) -> {
			assertUntraced(context);
			assertThat(line(context)).isEqualTo(
					"Tracing no messages: there is no OpenTelemetry bean and" + " GlobalOpenTelemetry is not set");
			assertThat(GlobalOpenTelemetry.getOrNoop()).as("not set by looking").isSameAs(OpenTelemetry.noop());
		});
	}

	@Test
	void twoOpenTelemetryBeansAreOneTooMany() {
		this.withSdk.withBean("other", OpenTelemetry.class, () -> OpenTelemetrySdk.builder().build()).run((context) -> {
			assertUntraced(context);
			assertThat(line(context)).isEqualTo(
					"Tracing no messages: there is more than one OpenTelemetry bean and" + " none of them is @Primary");
		});
	}

	@Test
	void primaryOpenTelemetryBeanIsUsed() {
		this.withSdk
			.withBean("other", OpenTelemetry.class, () -> OpenTelemetrySdk.builder().build(),
					(definition) -> definition.setPrimary(true))
			.run((context) -> {
				assertTraced(context);
				assertThat(context.getBean(TracingSource.class).openTelemetry()).isSameAs(context.getBean("other"));
			});
	}

	@Test
	void openTelemetryThatMakesNoSpansIsSaidSo() {
		for (OpenTelemetry openTelemetry : new OpenTelemetry[] { OpenTelemetry.noop(),
				OpenTelemetry.propagating(ContextPropagators.noop()) }) {
			this.bare.withBean(OpenTelemetry.class, () -> openTelemetry).run((context) -> {
				assertUntraced(context);
				assertThat(line(context)).isEqualTo("Tracing no messages: the OpenTelemetry bean makes no spans");
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tracing.enabled=false", "management.opentelemetry.enabled=false" })
	void switchedOffItIsInert(String property) {
		this.withBoot.withPropertyValues(property).run((context) -> {
			assertUntraced(context);
			assertThat(line(context)).isEqualTo("Tracing no messages: " + property);
		});
	}

	@Test
	void kafkaCanBeSwitchedOffAlone() {
		this.withSdk.withPropertyValues("tracing.kafka.enabled=false").run((context) -> {
			assertUntraced(context);
			assertThat(line(context))
				.isEqualTo("Tracing messages with the OpenTelemetry bean. Kafka: no, tracing.kafka.enabled=false");
		});
	}

	@Test
	void openTelemetrysStarterTracesKafkaItself() {
		this.withSdk.withBean("otelKafkaListenerContainerFactoryBeanPostProcessor", String.class, () -> "")
			.run((context) -> {
				assertUntraced(context);
				assertThat(line(context)).isEqualTo("Tracing messages with the OpenTelemetry bean. Kafka: no,"
						+ " OpenTelemetry's starter traces it (otel.instrumentation.kafka.enabled=false leaves it to"
						+ " this one)");
			});
	}

	@Test
	void factoryWithSpringsObservationIsLeftToIt() {
		this.withSdk.withPropertyValues("spring.kafka.listener.observation-enabled=true").run((context) -> {
			assertThat(factory(context).getRecordInterceptor()).isNull();
			assertThat(line(context)).isEqualTo("Tracing messages with the OpenTelemetry bean. Kafka: 1 producer"
					+ " factory, 1 consumer factory, not 'kafkaListenerContainerFactory', Spring's observation is on and traces it");
		});
	}

	@Test
	void everyKindOfKafkaBeanIsInstrumentedOnce() {
		this.withSdk.withUserConfiguration(UserConfigurations.UserKafka.class).run((context) -> {
			DefaultKafkaProducerFactory<?, ?> mine = (DefaultKafkaProducerFactory<?, ?>) context.getBean("myProducers");
			assertThat(mine.getPostProcessors()).hasSize(1);
			ProducerFactory<?, ?> hidden = context.getBean("myTemplate", KafkaTemplate.class).getProducerFactory();
			assertThat(hidden.getPostProcessors()).hasSize(1);
			RecordInterceptor<?, ?> interceptor = context
				.getBean("myFactory", AbstractKafkaListenerContainerFactory.class)
				.getRecordInterceptor();
			assertThat(interceptor).isInstanceOf(TracingRecordInterceptor.class);
			assertThat(context.getBean(KafkaMessageListenerContainer.class).getRecordInterceptor())
				.isInstanceOf(TracingRecordInterceptor.class);
			assertThat(context.getBean("myFactory", AbstractKafkaListenerContainerFactory.class).getBatchInterceptor())
				.isInstanceOf(TracingBatchInterceptor.class);
			assertThat(context.getBean(KafkaMessageListenerContainer.class).getBatchInterceptor())
				.isInstanceOf(TracingBatchInterceptor.class);
			assertThat(line(context)).contains("2 listener container factories")
				.contains("1 listener container")
				.contains("not 'mockProducers', MockProducerFactory ignores post-processors: wrap its producers with"
						+ " KafkaTracing.wrap()");
		});
	}

	@Test
	void usersBeansWin() {
		this.withSdk.withUserConfiguration(UserConfigurations.UserBeans.class).run((context) -> {
			for (Map.Entry<String, Class<?>> bean : Map
				.<String, Class<?>>of("myTracer", Tracer.class, "mySpans", SpanTemplate.class, "myMessaging",
						MessagingTracing.class, "myMetrics", MessagingMetrics.class, "myFaults", Faults.class,
						"myKafka", KafkaTracing.class, "myInterceptor", TracingRecordInterceptor.class, "myListener",
						TracingProducerListener.class, "myBatchInterceptor", TracingBatchInterceptor.class)
				.entrySet()) {
				assertThat(context).as(bean.getKey()).hasSingleBean(bean.getValue());
				assertThat(context.getBean(bean.getKey())).isSameAs(context.getBean(bean.getValue()));
			}
		});
	}

	@Test
	void bootStillTakesTheUsersInterceptorAndProducerListener() {
		this.withSdk.withUserConfiguration(UserConfigurations.UserInterceptor.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(KafkaTemplate.class)).extracting("producerListener")
				.isSameAs(context.getBean("userProducerListener"));
			assertThat(factory(context).getRecordInterceptor()).extracting("delegate")
				.isSameAs(context.getBean("userInterceptor"));
		});
	}

	@Test
	void withoutAUsersListenerBootKeepsItsOwn() {
		this.withSdk.run((context) -> assertThat(context.getBean(KafkaTemplate.class)).extracting("producerListener")
			.isNotInstanceOf(TracingProducerListener.class)
			.isNotNull());
	}

	@Test
	void metricsGoThroughMicrometerIfThereIsARegistry() {
		this.withSdk.run((context) -> assertThat(context.getBean(MessagingMetrics.class))
			.isNotInstanceOf(MicrometerMessagingMetrics.class));
		this.withSdk.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> assertThat(context.getBean(MessagingMetrics.class))
				.isInstanceOf(MicrometerMessagingMetrics.class));
	}

	@Test
	void withoutSpringKafkaItStarts() {
		this.withSdk.withClassLoader(new FilteredClassLoader(KafkaTemplate.class)).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(SpanTemplate.class);
			assertThat(line(context)).isEqualTo("Tracing messages with the OpenTelemetry bean. No broker clients");
		});
	}

	@Test
	void withoutMicrometerItTraces() {
		this.withSdk.withClassLoader(new FilteredClassLoader("io.micrometer")).run((context) -> {
			assertTraced(context);
			assertThat(context).doesNotHaveBean(MessagingMetrics.class);
		});
	}

	@Test
	void withoutActuatorItTraces() {
		this.withSdk.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class)).run((context) -> {
			assertTraced(context);
			assertThat(context).doesNotHaveBean(TracingEndpoint.class);
		});
	}

	@Test
	void endpointIsThereIfExposed() {
		this.withSdk.run((context) -> assertThat(context).doesNotHaveBean(TracingEndpoint.class));
		this.withSdk.withPropertyValues("management.endpoints.web.exposure.include=tracing")
			.run((context) -> assertThat(context).hasSingleBean(TracingEndpoint.class));
		this.withSdk
			.withPropertyValues("management.endpoints.jmx.exposure.include=tracing", "spring.jmx.enabled=true",
					"spring.kafka.listener.observation-enabled=true")
			.run((context) -> {
				TracingEndpoint.TracingDescriptor tracing = context.getBean(TracingEndpoint.class).tracing();
				assertThat(tracing.enabled()).isTrue();
				assertThat(tracing.openTelemetry()).isEqualTo("the OpenTelemetry bean");
				assertThat(tracing.semanticConventions()).isEqualTo("1.44");
				assertThat(tracing.consumerParent()).isEqualTo("producer");
				assertThat(tracing.faults()).isZero();
				assertThat(tracing.brokers()).singleElement().satisfies((broker) -> {
					assertThat(broker.name()).isEqualTo("Kafka");
					assertThat(broker.traced()).isTrue();
					assertThat(broker.reason()).isNull();
					assertThat(broker.components()).containsExactlyInAnyOrder(
							new TracingEndpoint.ComponentDescriptor("kafkaProducerFactory", "producer factory", true,
									null),
							new TracingEndpoint.ComponentDescriptor("kafkaConsumerFactory", "consumer factory", true,
									null),
							new TracingEndpoint.ComponentDescriptor("kafkaListenerContainerFactory",
									"listener container factory", false, "Spring's observation is on and traces it"));
				});
			});
	}

	@Test
	void contextThatIsRefreshedAnewInstrumentsAnew() {
		Consumer<AssertableApplicationContext> once = (context) -> {
			assertTraced(context);
			assertThat(kafkaProducerFactory(context).getPostProcessors()).hasSize(1);
		};
		this.withSdk.run(once::accept);
		this.withSdk.run(once::accept);
	}

	private static void assertTraced(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed();
		assertThat(kafkaProducerFactory(context).getPostProcessors()).hasSize(1);
		assertThat(factory(context).getRecordInterceptor()).isInstanceOf(TracingRecordInterceptor.class);
	}

	private static void assertUntraced(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed();
		assertThat(kafkaProducerFactory(context).getPostProcessors()).isEmpty();
		assertThat(factory(context).getRecordInterceptor()).isNull();
		assertThat(context).hasSingleBean(SpanTemplate.class);
		assertThat(context.getBeansOfType(Tracer.class)).isNotEmpty();
		assertThat(context.getBean(SpanTemplate.class).<Integer, RuntimeException>call("anything", (span) -> 42))
			.isEqualTo(42);
	}

	private static ProducerFactory<?, ?> kafkaProducerFactory(AssertableApplicationContext context) {
		return context.getBean("kafkaProducerFactory", ProducerFactory.class);
	}

	private static AbstractKafkaListenerContainerFactory<?, ?, ?> factory(AssertableApplicationContext context) {
		return context.getBean("kafkaListenerContainerFactory", AbstractKafkaListenerContainerFactory.class);
	}

	private static @Nullable String line(AssertableApplicationContext context) {
		return context.getBean(StartupLine.class).text();
	}

}
