// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.PublishAck;

/**
 * An application that uses NATS, without a line of tracing in it. Whether something is
 * traced is its connection's business.
 */
class NatsClient {

	static final String SUBJECT = "orders.created";

	static final String QUEUE = "fulfilment";

	static final String STREAM = "ORDERS";

	static final Duration LIMIT = Duration.ofSeconds(20);

	final Connection connection;

	final JetStream jetStream;

	NatsClient(Connection connection) {
		this.connection = connection;
		try {
			this.jetStream = connection.jetStream();
		}
		catch (IOException ex) {
			throw new IllegalStateException("The connection has no JetStream", ex);
		}
	}

	void publish(byte[] body) {
		this.connection.publish(SUBJECT, body);
	}

	CompletableFuture<PublishAck> publishAsync(byte[] body) {
		return this.jetStream.publishAsync(SUBJECT, body);
	}

	void handle(MessageHandler handler) {
		this.connection.createDispatcher().subscribe(SUBJECT, QUEUE, handler);
	}

	final JetStreamSubscription subscribe(String consumer) throws IOException, JetStreamApiException {
		return this.jetStream.subscribe(null, PullSubscribeOptions.bind(STREAM, consumer));
	}

	/**
	 * Fetch messages and acknowledge each.
	 * @return how many there were
	 */
	int fetchAndAck(JetStreamSubscription subscription, int messages) {
		int fetched = 0;
		for (Message message : subscription.fetch(messages, LIMIT)) {
			message.ack();
			fetched++;
		}
		return fetched;
	}

	final void close() throws InterruptedException {
		this.connection.close();
	}

}
