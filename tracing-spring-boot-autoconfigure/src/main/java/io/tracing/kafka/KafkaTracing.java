// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.tracing.messaging.CreationContext;
import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.MessagingTracing;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;

/**
 * Traces Kafka clients. The auto-configuration does all of this for the beans of an
 * application; this is for clients that are no beans, and for applications without it.
 */
public final class KafkaTracing {

	static final String SYSTEM = "kafka";

	private final MessagingTracing messaging;

	private final RecordAttributes recordAttributes;

	private final RecordLinks recordLinks;

	private final Predicate<String> topics;

	private final CarriedContext carried;

	private final TracingProducerListener producerListener;

	private final boolean propagation;

	private final boolean recordSpansInBatch;

	private final ProducerTracing producers;

	private final ConsumerTracing consumers;

	private final ListenerTracing listeners = new ListenerTracing(this);

	KafkaTracing(KafkaTracingBuilder builder) {
		this.messaging = builder.messaging;
		this.recordAttributes = new RecordAttributes(builder.messaging.attributes(), builder.captureKey,
				new CapturedHeaders(builder.captureHeaders, builder.messaging.faults()));
		this.topics = builder.topics;
		this.carried = new CarriedContext(builder.messaging, builder.untrusted);
		this.producerListener = (builder.producerListener != null) ? builder.producerListener
				: new TracingProducerListener(builder.messaging);
		this.recordLinks = new RecordLinks(this);
		this.propagation = builder.propagation;
		this.recordSpansInBatch = builder.recordSpansInBatch;
		this.producers = new ProducerTracing(this);
		this.consumers = new ConsumerTracing(this, builder.pollSpans, builder.commitSpans);
	}

	/**
	 * Create an instance with the defaults.
	 * @param openTelemetry what makes spans, and reads and writes contexts
	 * @return the instance
	 */
	public static KafkaTracing create(OpenTelemetry openTelemetry) {
		return builder(MessagingTracing.create(openTelemetry)).build();
	}

	/**
	 * Start to build an instance.
	 * @param messaging what it shares with the tracing of other brokers
	 * @return a builder
	 */
	public static KafkaTracingBuilder builder(MessagingTracing messaging) {
		return new KafkaTracingBuilder(messaging);
	}

	/**
	 * Trace the producers that a factory will make.
	 * @param factory the factory
	 * @return whether its producers are traced: a factory of the user's own may not
	 * support post-processors, then use {@link #wrap(Producer, Map)}
	 */
	public boolean instrument(ProducerFactory<?, ?> factory) {
		return this.producers.instrument(factory);
	}

	/**
	 * Whether the producers that a factory makes are traced.
	 * @param factory the factory
	 * @return whether they are
	 */
	public boolean isTraced(ProducerFactory<?, ?> factory) {
		return ProducerTracing.isTraced(factory);
	}

	/**
	 * Trace the consumers that a factory will make.
	 * @param factory the factory
	 * @return whether its consumers are traced: a factory of the user's own may not
	 * support post-processors, then use {@link #wrap(Consumer, Map)}
	 */
	public boolean instrument(ConsumerFactory<?, ?> factory) {
		return this.consumers.instrument(factory);
	}

	/**
	 * Whether the consumers that a factory makes are traced.
	 * @param factory the factory
	 * @return whether they are
	 */
	public boolean isTraced(ConsumerFactory<?, ?> factory) {
		return ConsumerTracing.isTraced(factory);
	}

	/**
	 * Trace the listeners of the containers that a factory will make, of records and of
	 * batches, in front of the interceptors that it has.
	 * @param factory the factory
	 */
	public void instrument(AbstractKafkaListenerContainerFactory<?, ?, ?> factory) {
		instrument(factory, new TracingRecordInterceptor<>(this), new TracingBatchInterceptor<>(this));
	}

	/**
	 * Trace the listeners of the containers that a factory will make, with interceptors
	 * of a given kind. Which of them is used depends on the listener.
	 * @param factory the factory
	 * @param interceptor traces records, in front of the interceptor that the factory has
	 * @param batchInterceptor the same for batches
	 */
	public void instrument(AbstractKafkaListenerContainerFactory<?, ?, ?> factory,
			TracingRecordInterceptor<Object, Object> interceptor,
			TracingBatchInterceptor<Object, Object> batchInterceptor) {
		this.listeners.instrument(factory, interceptor, batchInterceptor);
	}

	/**
	 * Trace the listener of a container that no factory made, in front of the interceptor
	 * that it has. Takes effect when the container starts.
	 * @param container the container
	 */
	public void instrument(AbstractMessageListenerContainer<?, ?> container) {
		instrument(container, new TracingRecordInterceptor<>(this), new TracingBatchInterceptor<>(this));
	}

	/**
	 * Trace the listener of a container that no factory made, with interceptors of a
	 * given kind.
	 * @param container the container
	 * @param interceptor traces records, in front of the interceptor that the container
	 * has
	 * @param batchInterceptor the same for batches
	 */
	public void instrument(AbstractMessageListenerContainer<?, ?> container,
			TracingRecordInterceptor<Object, Object> interceptor,
			TracingBatchInterceptor<Object, Object> batchInterceptor) {
		this.listeners.instrument(container, interceptor, batchInterceptor);
	}

	/**
	 * Trace a producer.
	 * @param producer the producer
	 * @param configuration its configuration, which names the broker
	 * @param <K> the type of the keys
	 * @param <V> the type of the values
	 * @return a producer that traces what it sends, or the given one if it does already
	 */
	public <K, V> Producer<K, V> wrap(Producer<K, V> producer, Map<String, ?> configuration) {
		return this.producers.wrap(producer, configuration);
	}

	/**
	 * Trace a consumer.
	 * @param consumer the consumer
	 * @param configuration its configuration, which names the broker
	 * @param <K> the type of the keys
	 * @param <V> the type of the values
	 * @return a consumer that traces its polls, or the given one if it does already, or
	 * if a listener container is about to have it and there are to be no spans for that
	 */
	public <K, V> Consumer<K, V> wrap(Consumer<K, V> consumer, Map<String, ?> configuration) {
		return this.consumers.wrap(consumer, configuration);
	}

	/**
	 * Trace a share consumer. A {@code ShareConsumerFactory} has no place for this, so
	 * that the application does it to what the factory makes.
	 * @param consumer the consumer
	 * @param configuration its configuration, which names the group and the broker
	 * @param <K> the type of the keys
	 * @param <V> the type of the values
	 * @return a consumer that traces its polls, or the given one if it does already
	 */
	public <K, V> ShareConsumer<K, V> wrap(ShareConsumer<K, V> consumer, Map<String, ?> configuration) {
		return this.consumers.wrap(consumer, configuration);
	}

	/**
	 * The context of one record, to run code in, where a batch or a plain consumer has
	 * many:
	 *
	 * <pre class="code">
	 * &#64;KafkaListener(topics = "orders", batch = "true")
	 * void process(List&lt;ConsumerRecord&lt;String, Order&gt;&gt; records) {
	 *     for (ConsumerRecord&lt;String, Order&gt; record : records) {
	 *         tracing.forRecord(record).run(() -&gt; ship(record.value()));
	 *     }
	 * }
	 * </pre>
	 *
	 * It is that of the record's process span, if records have spans of their own and
	 * this one is in the current batch. Otherwise it is the one that the record carries,
	 * with its baggage, and if it carries none, the current one. Never throws.
	 * @param record the record
	 * @return its context
	 */
	public RecordContext forRecord(ConsumerRecord<?, ?> record) {
		return RecordContext.of(record, this);
	}

	MessagingTracing messaging() {
		return this.messaging;
	}

	RecordAttributes recordAttributes() {
		return this.recordAttributes;
	}

	TracingProducerListener producerListener() {
		return this.producerListener;
	}

	/**
	 * The context that a record carries, {@link Context#root()} if it carries none. Of a
	 * record that comes from strangers, one to link to and not to continue: see
	 * {@link CreationContext}. Never throws.
	 */
	Context contextOf(ConsumerRecord<?, ?> record) {
		return contextOf(record.topic(), headersOf(record));
	}

	Header[] headersOf(ConsumerRecord<?, ?> record) {
		return this.carried.headersOf(record);
	}

	Context contextOf(String topic, Header[] headers) {
		return this.carried.of(topic, headers);
	}

	RecordLinks recordLinks() {
		return this.recordLinks;
	}

	boolean propagates() {
		return this.propagation;
	}

	boolean recordSpansInBatch() {
		return this.recordSpansInBatch;
	}

	boolean isUntrusted(String topic) {
		return this.carried.isUntrusted(topic);
	}

	boolean traces(String topic) {
		return this.topics.test(topic);
	}

}
