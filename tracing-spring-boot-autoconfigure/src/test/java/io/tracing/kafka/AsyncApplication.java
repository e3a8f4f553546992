// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.tracing.testing.Spans;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaListenerErrorHandler;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.util.backoff.FixedBackOff;

/**
 * An application whose listeners return what the test tells them to.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class AsyncApplication {

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
	DefaultErrorHandler errorHandler(KafkaTemplate<?, ?> template) {
		return new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(0, 1));
	}

	@Bean
	KafkaListenerErrorHandler forgiving() {
		return (message, exception) -> "never mind";
	}

	static class Listeners {

		/** The futures of each listener, in the order in which they were handed out. */
		final Map<String, BlockingQueue<CompletableFuture<String>>> futures = new ConcurrentHashMap<>();

		/** The trace that was current when a reply or dead letter came in. */
		final List<String> received = new CopyOnWriteArrayList<>();

		@KafkaListener(id = "pending", topics = "${pending}", autoStartup = "false")
		CompletableFuture<Void> pending(ConsumerRecord<?, ?> record) {
			return future("pending").thenAccept((result) -> {
			});
		}

		@KafkaListener(id = "replying", topics = "${replying}")
		@SendTo("${replies}")
		CompletableFuture<String> replying(String value) {
			return future("replying");
		}

		@KafkaListener(id = "mono", topics = "${mono}")
		@SendTo("${monoReplies}")
		Mono<String> mono(String value) {
			return Mono.fromFuture(future("mono"));
		}

		@KafkaListener(id = "cancelled", topics = "${cancelled}")
		CompletableFuture<String> cancelled(String value) {
			return future("cancelled");
		}

		@KafkaListener(id = "done", topics = "${done}")
		CompletableFuture<String> done(String value) {
			return CompletableFuture.completedFuture(value);
		}

		@KafkaListener(id = "failing", topics = "${failing}")
		CompletableFuture<String> failing(String value) {
			return future("failing");
		}

		@KafkaListener(id = "stopped", topics = "${stopped}")
		CompletableFuture<String> stopped(String value) {
			return future("stopped");
		}

		@KafkaListener(id = "throwing", topics = "${throwing}")
		CompletableFuture<String> throwing(String value) {
			throw new IllegalArgumentException("not a book");
		}

		@KafkaListener(id = "erring", topics = "${erring}")
		void erring(String value) {
			throw new StackOverflowError("too deep");
		}

		@KafkaListener(id = "forgiven", topics = "${forgiven}", errorHandler = "forgiving")
		void forgiven(String value) {
			throw new IllegalArgumentException("not a book");
		}

		@KafkaListener(id = "sync", topics = "${sync}")
		@SendTo("${syncReplies}")
		List<String> sync(String value) {
			return List.of(value + " 1", value + " 2");
		}

		@KafkaListener(id = "replies", topics = { "${replies}", "${syncReplies}" })
		void replies(String value) {
			this.received.add(value + " in " + Span.current().getSpanContext().getTraceId());
		}

		@KafkaListener(id = "audit-orders", topics = "${excluded}")
		void excluded(String value) {
			this.received.add(value + " in " + Span.current().getSpanContext().getTraceId());
		}

		@KafkaListener(id = "audit-batches", topics = "${excluded}", batch = "true")
		void excludedBatch(List<String> values) {
			values.forEach((value) -> this.received
				.add(value + " of a batch in " + Span.current().getSpanContext().getTraceId()));
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

}
