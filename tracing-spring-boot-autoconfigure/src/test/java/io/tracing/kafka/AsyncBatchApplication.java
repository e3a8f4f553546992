// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.tracing.testing.Spans;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.ConcurrentKafkaListenerContainerFactoryConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.adapter.DefaultBatchToRecordAdapter;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.util.backoff.FixedBackOff;

/**
 * An application whose batch listeners return what the test tells them to.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class AsyncBatchApplication {

	@Bean
	Spans spans() {
		return new Spans();
	}

	@Bean
	Listeners listeners() {
		return new Listeners();
	}

	@Bean
	SuspendingListener suspendingListener() {
		return new SuspendingListener();
	}

	@Bean
	ReturnedBatches returnedBatches() {
		return new ReturnedBatches();
	}

	@Bean
	DefaultErrorHandler errorHandler() {
		return new DefaultErrorHandler(new FixedBackOff(0, 1));
	}

	@Bean
	ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory(
			ConcurrentKafkaListenerContainerFactoryConfigurer configurer, ConsumerFactory<Object, Object> consumers) {
		ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
		configurer.configure(factory, consumers);
		return factory;
	}

	@Bean
	ConcurrentKafkaListenerContainerFactory<Object, Object> singleRecords(
			ConcurrentKafkaListenerContainerFactoryConfigurer configurer, ConsumerFactory<Object, Object> consumers) {
		ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
		configurer.configure(factory, consumers);
		factory.setBatchToRecordAdapter(new DefaultBatchToRecordAdapter<>());
		return factory;
	}

	static class Listeners {

		/** The futures of each listener, in the order in which they were handed out. */
		private final Map<String, BlockingQueue<CompletableFuture<String>>> futures = new ConcurrentHashMap<>();

		@KafkaListener(id = "pending", topics = "${pending}", batch = "true", autoStartup = "false")
		CompletableFuture<Void> pending(List<String> values) {
			return future("pending").thenAccept((result) -> {
			});
		}

		@KafkaListener(id = "failing", topics = "${failing}", batch = "true")
		CompletableFuture<String> failing(List<String> values) {
			return future("failing");
		}

		@KafkaListener(id = "mono", topics = "${mono}", batch = "true")
		@SendTo("${replies}")
		Mono<String> mono(List<String> values) {
			return Mono.fromFuture(future("mono"));
		}

		@KafkaListener(id = "stopped", topics = "${stopped}", batch = "true")
		CompletableFuture<String> stopped(List<String> values) {
			return future("stopped");
		}

		@KafkaListener(id = "throwing", topics = "${throwing}", batch = "true")
		CompletableFuture<String> throwing(List<String> values) {
			throw new IllegalArgumentException("not a book");
		}

		@KafkaListener(id = "erring", topics = "${erring}", batch = "true")
		void erring(List<String> values) {
			throw new StackOverflowError("too deep");
		}

		@KafkaListener(id = "sync", topics = "${sync}", batch = "true")
		@SendTo("${replies}")
		String sync(List<String> values) {
			return "a reply";
		}

		@KafkaListener(id = "single", topics = "${single}", batch = "true", autoStartup = "false",
				containerFactory = "singleRecords")
		CompletableFuture<String> single(String value) {
			return future("single");
		}

		CompletableFuture<String> next(String listener) throws InterruptedException {
			CompletableFuture<String> future = queue(listener).poll(15, TimeUnit.SECONDS);
			if (future == null) {
				throw new AssertionError("The listener '" + listener + "' was not called");
			}
			return future;
		}

		private CompletableFuture<String> future(String listener) {
			CompletableFuture<String> future = new CompletableFuture<>();
			queue(listener).add(future);
			return future;
		}

		private BlockingQueue<CompletableFuture<String>> queue(String listener) {
			return this.futures.computeIfAbsent(listener, (key) -> new LinkedBlockingQueue<>());
		}

	}

	/**
	 * Knows the topics of which a batch's method has returned to the container.
	 */
	static class ReturnedBatches implements BatchInterceptor<Object, Object> {

		private final Set<String> topics = ConcurrentHashMap.newKeySet();

		@Override
		public ConsumerRecords<Object, Object> intercept(ConsumerRecords<Object, Object> records,
				Consumer<Object, Object> consumer) {
			return records;
		}

		@Override
		public void success(ConsumerRecords<Object, Object> records, Consumer<Object, Object> consumer) {
			records.partitions().stream().map(TopicPartition::topic).forEach(this.topics::add);
		}

		void await(String topic) {
			Awaitility.await("the listener of " + topic + " to return").until(() -> this.topics.contains(topic));
		}

	}

}
