// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.tracing.messaging.CreationContext;
import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.MessagingClient.ServerAddress;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.ProducerPostProcessor;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.RecordInterceptor;

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

	private final Predicate<String> untrusted;

	private final TracingProducerListener producerListener;

	private final boolean recordSpansInBatch;

	private KafkaTracing(Builder builder) {
		this.messaging = builder.messaging;
		this.recordAttributes = new RecordAttributes(builder.messaging.attributes(), builder.captureKey,
				new CapturedHeaders(builder.captureHeaders, builder.messaging.faults()));
		this.topics = builder.topics;
		this.untrusted = builder.untrusted;
		this.producerListener = (builder.producerListener != null) ? builder.producerListener
				: new TracingProducerListener(builder.messaging);
		this.recordLinks = new RecordLinks(this);
		this.recordSpansInBatch = builder.recordSpansInBatch;
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
	public static Builder builder(MessagingTracing messaging) {
		return new Builder(messaging);
	}

	/**
	 * Trace the producers that a factory will make.
	 * @param factory the factory
	 * @return whether its producers are traced: a factory of the user's own may not
	 * support post-processors, then use {@link #wrap(Producer, Map)}
	 */
	public boolean instrument(ProducerFactory<?, ?> factory) {
		return instrumentProducers(factory);
	}

	private <K, V> boolean instrumentProducers(ProducerFactory<K, V> factory) {
		if (this.messaging.isEnabled()) {
			removeThoseOfTheOriginal(factory);
			if (!isTraced(factory)) {
				factory.addPostProcessor(new TracingProducerPostProcessor<>(this, factory));
			}
		}
		return isTraced(factory);
	}

	/**
	 * A template with properties of its own copies its factory, post-processors included;
	 * but its producers may talk to another broker.
	 */
	private static <K, V> void removeThoseOfTheOriginal(ProducerFactory<K, V> factory) {
		for (ProducerPostProcessor<K, V> postProcessor : List.copyOf(factory.getPostProcessors())) {
			if (postProcessor instanceof TracingProducerPostProcessor<K, V> tracing && !tracing.isFor(factory)) {
				factory.removePostProcessor(tracing);
			}
		}
	}

	/**
	 * Whether the producers that a factory makes are traced.
	 * @param factory the factory
	 * @return whether they are
	 */
	public boolean isTraced(ProducerFactory<?, ?> factory) {
		return factory.getPostProcessors().stream().anyMatch(TracingProducerPostProcessor.class::isInstance);
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
	@SuppressWarnings("unchecked")
	public void instrument(AbstractKafkaListenerContainerFactory<?, ?, ?> factory,
			TracingRecordInterceptor<Object, Object> interceptor,
			TracingBatchInterceptor<Object, Object> batchInterceptor) {
		AbstractKafkaListenerContainerFactory<?, Object, Object> target = (AbstractKafkaListenerContainerFactory<?, Object, Object>) factory;
		RecordInterceptor<Object, Object> existing = target.getRecordInterceptor();
		if (this.messaging.isEnabled() && !(existing instanceof TracingRecordInterceptor)) {
			target.setRecordInterceptor(interceptor.inFrontOf(existing, server(target.getConsumerFactory())));
		}
		BatchInterceptor<Object, Object> existingForBatches = target.getBatchInterceptor();
		if (this.messaging.isEnabled() && !(existingForBatches instanceof TracingBatchInterceptor)) {
			target.setBatchInterceptor(
					batchInterceptor.inFrontOf(existingForBatches, server(target.getConsumerFactory())));
		}
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
	@SuppressWarnings("unchecked")
	public void instrument(AbstractMessageListenerContainer<?, ?> container,
			TracingRecordInterceptor<Object, Object> interceptor,
			TracingBatchInterceptor<Object, Object> batchInterceptor) {
		AbstractMessageListenerContainer<Object, Object> target = (AbstractMessageListenerContainer<Object, Object>) container;
		RecordInterceptor<Object, Object> existing = target.getRecordInterceptor();
		if (this.messaging.isEnabled() && !(existing instanceof TracingRecordInterceptor)) {
			target.setRecordInterceptor(interceptor.inFrontOf(existing, null));
		}
		BatchInterceptor<Object, Object> existingForBatches = target.getBatchInterceptor();
		if (this.messaging.isEnabled() && !(existingForBatches instanceof TracingBatchInterceptor)) {
			target.setBatchInterceptor(batchInterceptor.inFrontOf(existingForBatches, null));
		}
	}

	/**
	 * Trace a producer.
	 * @param producer the producer
	 * @param configuration its configuration, which names the broker
	 * @param <K> the type of the keys
	 * @param <V> the type of the values
	 * @return a producer that traces what it sends, or the given one if it does already
	 */
	@SuppressWarnings("unchecked")
	public <K, V> Producer<K, V> wrap(Producer<K, V> producer, Map<String, ?> configuration) {
		if (!this.messaging.isEnabled() || TracingProducer.isTraced(producer)) {
			return producer;
		}
		try {
			MessagingClient client = new MessagingClient(SYSTEM, KafkaClientId.of(producer.metrics()), null,
					BootstrapServers.singleServer(configuration));
			KafkaOperations operations = new KafkaOperations(this, OperationType.SEND, "send", client);
			return (Producer<K, V>) Proxy.newProxyInstance(Producer.class.getClassLoader(),
					new Class<?>[] { Producer.class }, new TracingProducer<>(producer, this, operations));
		}
		catch (Throwable ex) {
			this.messaging.faults().report("wrapping a Kafka producer", ex);
			return producer;
		}
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
		Header[] headers;
		try {
			headers = record.headers().toArray();
		}
		catch (Throwable ex) {
			this.messaging.faults().report("reading the headers of a record", ex);
			return Context.root();
		}
		Context carried = this.messaging.extract(Context.root(), headers, HeaderArrayGetter.INSTANCE);
		return isUntrusted(record.topic()) ? CreationContext.untrusted(carried) : carried;
	}

	RecordLinks recordLinks() {
		return this.recordLinks;
	}

	boolean recordSpansInBatch() {
		return this.recordSpansInBatch;
	}

	boolean isUntrusted(String topic) {
		return this.untrusted.test(topic);
	}

	boolean traces(String topic) {
		return this.topics.test(topic);
	}

	private static @Nullable ServerAddress server(@Nullable ConsumerFactory<?, ?> factory) {
		return (factory != null) ? BootstrapServers.singleServer(factory.getConfigurationProperties()) : null;
	}

	/**
	 * Builds a {@link KafkaTracing}.
	 */
	public static final class Builder {

		private final MessagingTracing messaging;

		private boolean captureKey = true;

		private List<String> captureHeaders = List.of();

		private boolean recordSpansInBatch;

		private Predicate<String> topics = (topic) -> true;

		private Predicate<String> untrusted = (topic) -> false;

		private @Nullable TracingProducerListener producerListener;

		private Builder(MessagingTracing messaging) {
			this.messaging = messaging;
		}

		/**
		 * Choose whether the key of a record becomes an attribute. A key can be personal
		 * data.
		 * @param captureKey whether to capture, {@code true} by default
		 * @return this builder
		 */
		public Builder captureKey(boolean captureKey) {
			this.captureKey = captureKey;
			return this;
		}

		/**
		 * Choose the headers whose values become attributes
		 * {@code messaging.header.<name>}. Kafka tells upper from lower case.
		 * @param captureHeaders the names, none by default
		 * @return this builder
		 */
		public Builder captureHeaders(List<String> captureHeaders) {
			this.captureHeaders = List.copyOf(captureHeaders);
			return this;
		}

		/**
		 * Choose the topics to trace. Records of the others pass untouched.
		 * @param topics tells whether a topic is traced, all by default
		 * @return this builder
		 */
		public Builder topics(Predicate<String> topics) {
			this.topics = topics;
			return this;
		}

		/**
		 * Choose the topics whose records come from strangers: there a process span is a
		 * new root that links to the incoming context, and no baggage is taken over.
		 * @param untrusted tells whether a topic is one, none by default
		 * @return this builder
		 */
		public Builder untrusted(Predicate<String> untrusted) {
			this.untrusted = untrusted;
			return this;
		}

		/**
		 * Choose whether each record of a batch has a process span of its own, beside
		 * that of the batch. They all run as long as the listener does.
		 * @param recordSpansInBatch whether it has, {@code false} by default
		 * @return this builder
		 */
		public Builder recordSpansInBatch(boolean recordSpansInBatch) {
			this.recordSpansInBatch = recordSpansInBatch;
			return this;
		}

		/**
		 * Choose where the outcome of a send goes.
		 * @param producerListener ends the spans of sends
		 * @return this builder
		 */
		public Builder producerListener(TracingProducerListener producerListener) {
			this.producerListener = producerListener;
			return this;
		}

		/**
		 * Build the instance.
		 * @return the instance
		 */
		public KafkaTracing build() {
			return new KafkaTracing(this);
		}

	}

}
