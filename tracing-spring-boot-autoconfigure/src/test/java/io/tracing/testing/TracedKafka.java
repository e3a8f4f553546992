// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.OpenTelemetrySdkBuilder;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.tracing.kafka.KafkaTracing;
import io.tracing.kafka.KafkaTracingBuilder;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.MessagingTracingBuilder;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.GenericMessageListener;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.support.SendResult;
import org.springframework.kafka.support.TopicPartitionOffset;

/**
 * Clients of the real broker, traced by hand, without Spring Boot: an SDK of which every
 * part can be replaced by one that fails, a template, and listener containers.
 */
public final class TracedKafka implements AutoCloseable {

	private final Spans spans = new Spans();

	private final ContextAtPoll<Object, Object> polls = new ContextAtPoll<>();

	private final OpenTelemetrySdk sdk;

	private final KafkaTracing tracing;

	private final DefaultKafkaProducerFactory<Object, Object> producerFactory;

	private final KafkaTemplate<Object, Object> template;

	private final Map<String, Object> consumerConfiguration;

	private final ConcurrentLinkedDeque<ConcurrentMessageListenerContainer<Object, Object>> containers = new ConcurrentLinkedDeque<>();

	private TracedKafka(Builder builder) {
		SdkTracerProviderBuilder tracers = SdkTracerProvider.builder();
		builder.tracers.accept(tracers);
		tracers.addSpanProcessor(this.spans);
		OpenTelemetrySdkBuilder openTelemetry = OpenTelemetrySdk.builder()
			.setTracerProvider(tracers.build())
			.setPropagators(ContextPropagators.create(builder.propagator));
		builder.openTelemetry.accept(openTelemetry);
		this.sdk = openTelemetry.build();
		this.tracing = builder.kafka
			.apply(KafkaTracing.builder(builder.messaging.apply(MessagingTracing.builder(this.sdk)).build()))
			.build();
		this.producerFactory = new DefaultKafkaProducerFactory<>(builder.producerConfiguration);
		this.tracing.instrument(this.producerFactory);
		this.template = new KafkaTemplate<>(this.producerFactory);
		this.consumerConfiguration = builder.consumerConfiguration;
	}

	public static Builder builder() {
		return new Builder();
	}

	public static TracedKafka start() {
		return builder().start();
	}

	public Spans spans() {
		return this.spans;
	}

	public OpenTelemetrySdk sdk() {
		return this.sdk;
	}

	public KafkaTracing tracing() {
		return this.tracing;
	}

	public DefaultKafkaProducerFactory<Object, Object> producerFactory() {
		return this.producerFactory;
	}

	public KafkaTemplate<Object, Object> template() {
		return this.template;
	}

	/**
	 * Send a record and wait until the broker has it.
	 * @param record the record
	 * @return what the template made of it
	 */
	public SendResult<Object, Object> send(ProducerRecord<Object, Object> record) {
		try {
			return this.template.send(record).get(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException | ExecutionException | TimeoutException ex) {
			throw new AssertionError("The record was not sent", ex);
		}
	}

	public SendResult<Object, Object> send(String topic, Object value) {
		return send(new ProducerRecord<>(topic, value));
	}

	/**
	 * Process the records of a topic from its beginning.
	 * @param topic a topic of one partition
	 * @param listener processes the records
	 * @return the running container
	 */
	public ConcurrentMessageListenerContainer<Object, Object> listen(String topic,
			MessageListener<Object, Object> listener) {
		return listen(topic, listener, (container) -> {
		});
	}

	public ConcurrentMessageListenerContainer<Object, Object> listen(String topic,
			MessageListener<Object, Object> listener,
			Consumer<ConcurrentMessageListenerContainer<Object, Object>> customizer) {
		return start(listener, customizer, new TopicPartitionOffset(topic, 0, 0L));
	}

	/**
	 * Process the records of partitions from their beginnings, as many at once as there
	 * are. They are one batch if they have been sent before.
	 * @param listener processes the batches
	 * @param customizer can change the container before it starts
	 * @param partitions what to consume
	 * @return the running container
	 */
	public ConcurrentMessageListenerContainer<Object, Object> listenInBatches(
			BatchMessageListener<Object, Object> listener,
			Consumer<ConcurrentMessageListenerContainer<Object, Object>> customizer, TopicPartition... partitions) {
		return start(listener, customizer,
				Arrays.stream(partitions)
					.map((partition) -> new TopicPartitionOffset(partition.topic(), partition.partition(), 0L))
					.toArray(TopicPartitionOffset[]::new));
	}

	public ConcurrentMessageListenerContainer<Object, Object> listenInBatches(String topic,
			BatchMessageListener<Object, Object> listener,
			Consumer<ConcurrentMessageListenerContainer<Object, Object>> customizer) {
		return listenInBatches(listener, customizer, new TopicPartition(topic, 0));
	}

	public ConcurrentMessageListenerContainer<Object, Object> listenInBatches(String topic,
			BatchMessageListener<Object, Object> listener) {
		return listenInBatches(topic, listener, (container) -> {
		});
	}

	private ConcurrentMessageListenerContainer<Object, Object> start(GenericMessageListener<?> listener,
			Consumer<ConcurrentMessageListenerContainer<Object, Object>> customizer,
			TopicPartitionOffset... partitions) {
		ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
		DefaultKafkaConsumerFactory<Object, Object> consumerFactory = new DefaultKafkaConsumerFactory<>(
				configuration(listener));
		consumerFactory.addPostProcessor(this.polls);
		this.tracing.instrument(consumerFactory);
		factory.setConsumerFactory(consumerFactory);
		this.tracing.instrument(factory);
		// Assigned, not subscribed: there is no group to wait for.
		ConcurrentMessageListenerContainer<Object, Object> container = factory.createContainer(partitions);
		container.getContainerProperties().setGroupId("billing");
		container.getContainerProperties().setMessageListener(listener);
		container.setBeanName(partitions[0].getTopic());
		customizer.accept(container);
		container.start();
		this.containers.add(container);
		return container;
	}

	/**
	 * One record per poll, so that the context is looked at after each, unless the
	 * listener is one of batches.
	 */
	private Map<String, Object> configuration(GenericMessageListener<?> listener) {
		Map<String, Object> configuration = new HashMap<>(
				Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, (listener instanceof BatchMessageListener) ? 1000 : 1));
		configuration.putAll(this.consumerConfiguration);
		return configuration;
	}

	/**
	 * Stop, and check what must hold after whatever a test did: no span is open, and no
	 * consumer thread came back to its poll with a context.
	 */
	@Override
	public void close() {
		this.containers.forEach(ConcurrentMessageListenerContainer::stop);
		this.producerFactory.destroy();
		try {
			this.spans.awaitNoneOpen();
			this.polls.assertClean();
		}
		finally {
			this.sdk.close();
		}
	}

	/**
	 * Builds a {@link TracedKafka}.
	 */
	public static final class Builder {

		private final Map<String, Object> producerConfiguration = new HashMap<>(
				Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
						ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, AnySerializer.class,
						ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, AnySerializer.class));

		private final Map<String, Object> consumerConfiguration = new HashMap<>(
				Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, KafkaBroker.bootstrapServers(),
						ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
						ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
						// A consumer that stops waits for its fetch to come back.
						ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20));

		private TextMapPropagator propagator = TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(),
				W3CBaggagePropagator.getInstance());

		private Consumer<SdkTracerProviderBuilder> tracers = (tracers) -> {
		};

		private Consumer<OpenTelemetrySdkBuilder> openTelemetry = (openTelemetry) -> {
		};

		private UnaryOperator<MessagingTracingBuilder> messaging = UnaryOperator.identity();

		private UnaryOperator<KafkaTracingBuilder> kafka = UnaryOperator.identity();

		private Builder() {
		}

		public Builder tracers(Consumer<SdkTracerProviderBuilder> tracers) {
			this.tracers = tracers;
			return this;
		}

		public Builder openTelemetry(Consumer<OpenTelemetrySdkBuilder> openTelemetry) {
			this.openTelemetry = openTelemetry;
			return this;
		}

		public Builder propagator(TextMapPropagator propagator) {
			this.propagator = propagator;
			return this;
		}

		public Builder messaging(UnaryOperator<MessagingTracingBuilder> messaging) {
			this.messaging = messaging;
			return this;
		}

		public Builder kafka(UnaryOperator<KafkaTracingBuilder> kafka) {
			this.kafka = kafka;
			return this;
		}

		public Builder producer(String property, Object value) {
			this.producerConfiguration.put(property, value);
			return this;
		}

		public Builder consumer(String property, Object value) {
			this.consumerConfiguration.put(property, value);
			return this;
		}

		public TracedKafka start() {
			return new TracedKafka(this);
		}

	}

}
