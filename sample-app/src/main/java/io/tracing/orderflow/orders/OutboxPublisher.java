// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Sends a batch of the outbox, each message in the context of the request that wrote it,
 * and deletes what the broker acknowledged. A crash in between sends a message twice,
 * never not at all: consumers are idempotent.
 */
@Component
class OutboxPublisher {

	private static final Log logger = LogFactory.getLog(OutboxPublisher.class);

	private final Outbox outbox;

	private final KafkaTemplate<String, String> kafka;

	private final KafkaAdmin admin;

	private final TransactionOperations transactions;

	private final TextMapPropagator propagator;

	private final OutboxProperties properties;

	OutboxPublisher(Outbox outbox, KafkaTemplate<String, String> kafka, KafkaAdmin admin,
			TransactionOperations transactions, OpenTelemetry openTelemetry, OutboxProperties properties) {
		this.outbox = outbox;
		this.kafka = kafka;
		this.admin = admin;
		this.transactions = transactions;
		this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
		this.properties = properties;
	}

	/**
	 * Send one batch.
	 * @return what became of it
	 */
	Outcome publishBatch() {
		Outcome outcome = this.transactions
			.execute((status) -> publish(this.outbox.lockOldest(this.properties.batchSize())));
		if (outcome == Outcome.FAILED) {
			// The broker may have been away when this service wanted to declare its
			// topics.
			this.admin.initialize();
		}
		return outcome;
	}

	private Outcome publish(List<OutboxMessage> messages) {
		if (messages.isEmpty()) {
			return Outcome.EMPTY;
		}
		List<CompletableFuture<?>> sends = new ArrayList<>();
		Exception failure = null;
		for (OutboxMessage message : messages) {
			try {
				sends.add(send(message));
			}
			catch (RuntimeException ex) {
				// The broker can't be reached. The next message would only wait as long.
				failure = ex;
				break;
			}
		}
		this.kafka.flush();
		List<Long> sent = new ArrayList<>();
		for (int i = 0; i < sends.size(); i++) {
			Exception cause = outcome(sends.get(i));
			if (cause == null) {
				sent.add(messages.get(i).id());
			}
			else {
				failure = cause;
			}
		}
		if (!sent.isEmpty()) {
			this.outbox.delete(sent);
		}
		if (failure == null) {
			return Outcome.SENT;
		}
		logger.warn((messages.size() - sent.size()) + " message(s) stay in the outbox: "
				+ NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
		return Outcome.FAILED;
	}

	private CompletableFuture<?> send(OutboxMessage message) {
		// Extracted into the root context: nothing of this thread may leak into the
		// trace.
		Context context = this.propagator.extract(Context.root(), message.context(), MapGetter.INSTANCE);
		return context.wrapSupplier(() -> this.kafka.send(message.topic(), message.key(), message.payload())).get();
	}

	private static @Nullable Exception outcome(CompletableFuture<?> send) {
		try {
			send.get();
			return null;
		}
		catch (ExecutionException ex) {
			return (ex.getCause() instanceof Exception cause) ? cause : ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return ex;
		}
	}

	enum Outcome {

		/** There was nothing to send. */
		EMPTY,

		/** All messages of the batch were sent. */
		SENT,

		/** At least one message stays in the outbox. */
		FAILED

	}

	private enum MapGetter implements TextMapGetter<Map<String, String>> {

		INSTANCE;

		@Override
		public Iterable<String> keys(Map<String, String> carrier) {
			return carrier.keySet();
		}

		@Override
		public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
			return (carrier != null) ? carrier.get(key) : null;
		}

	}

}
