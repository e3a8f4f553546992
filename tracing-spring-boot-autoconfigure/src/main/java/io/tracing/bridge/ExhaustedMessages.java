// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.PullRequestOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.tracing.telemetry.wire.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes dead letters of the messages that the server has given up: delivered as often as
 * they may be, to bridges that were killed each time. The server says so once, in an
 * advisory, and would never deliver them again.
 */
final class ExhaustedMessages implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(ExhaustedMessages.class);

	private static final PullRequestOptions FEW = PullRequestOptions.builder(100)
		.expiresIn(Duration.ofSeconds(30))
		.build();

	// The type of the advisory is io.nats.jetstream.advisory.v1.max_deliver.
	private static final Pattern SEQUENCE = Pattern.compile("\"stream_seq\"\\s*:\\s*(\\d{1,18})");

	private static final Pattern DELIVERIES = Pattern.compile("\"deliveries\"\\s*:\\s*(\\d{1,18})");

	private final Supplier<Connection> connection;

	private final BridgeSettings settings;

	private final Set<String> durables;

	private final DeadLetterStream deadLetters;

	private final Map<Signal, SignalCounters> counters;

	private final Retries retries;

	private volatile boolean stopping;

	ExhaustedMessages(Supplier<Connection> connection, BridgeSettings settings, Set<String> durables,
			DeadLetterStream deadLetters, Map<Signal, SignalCounters> counters) {
		this.connection = connection;
		this.settings = settings;
		this.durables = durables;
		this.deadLetters = deadLetters;
		this.counters = counters;
		this.retries = new Retries(settings, ConcurrentHashMap.newKeySet());
	}

	@Override
	public void run() {
		try {
			while (!this.stopping) {
				try {
					drain(open());
				}
				catch (IOException | JetStreamApiException | RuntimeException ex) {
					logger.debug("Advisories of stream {} are not heard", this.settings.deadLetterStream(), ex);
					this.retries.await();
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Pull open() throws IOException, JetStreamApiException {
		JetStreamManagement management = this.connection.get().jetStreamManagement();
		this.deadLetters.createIfMissing(management);
		String name = this.settings.durable() + "-exhausted";
		management.addOrUpdateConsumer(this.settings.deadLetterStream(),
				ConsumerConfiguration.builder()
					.durable(name)
					.filterSubject(DeadLetterStream.ADVISORIES + this.settings.stream() + ".*")
					.ackPolicy(AckPolicy.Explicit)
					.ackWait(this.settings.ackWait())
					.build());
		return new Pull(this.connection.get(), this.settings.deadLetterStream(), name, FEW);
	}

	private void drain(Pull pull) throws InterruptedException, IOException, JetStreamApiException {
		try {
			while (!this.stopping) {
				pull.next(this::take);
			}
		}
		finally {
			pull.abandon();
		}
	}

	private void take(Message advisory) throws InterruptedException, IOException, JetStreamApiException {
		String subject = advisory.getSubject();
		String durable = subject.substring(subject.lastIndexOf('.') + 1);
		Matcher sequence = SEQUENCE.matcher(new String(advisory.getData(), StandardCharsets.UTF_8));
		if (this.durables.contains(durable) && sequence.find()) {
			bury(Long.parseLong(sequence.group(1)), deliveries(advisory));
		}
		advisory.ack();
	}

	private static long deliveries(Message advisory) {
		Matcher deliveries = DELIVERIES.matcher(new String(advisory.getData(), StandardCharsets.UTF_8));
		return deliveries.find() ? Long.parseLong(deliveries.group(1)) : 0;
	}

	private void bury(long sequence, long deliveries) throws InterruptedException, IOException {
		StoredMessage message = StoredMessage.get(this.connection.get(), this.settings.stream(), sequence);
		if (message == null) {
			logger.warn("Message {} of stream '{}' was given up after {} deliveries, and is not there any more.",
					sequence, this.settings.stream(), deliveries);
			return;
		}
		String subject = message.subject();
		this.deadLetters.write(List.of(new DeadLetter(subject, message.headers(), message.body(),
				DeadLetterReason.MAX_DELIVERIES, "delivered " + deliveries + " times and never settled",
				this.settings.stream(), sequence, deliveries, message.stored())));
		logger.warn("Message {} of stream '{}' is a dead letter after {} deliveries that nobody settled.", sequence,
				this.settings.stream(), deliveries);
		Signal signal = Signal.ofSubject(subject);
		if (signal != null) {
			// Whoever received it before is not there any more, with its counts.
			this.counters.get(signal).received.increment();
			this.counters.get(signal).deadLettered(DeadLetterReason.MAX_DELIVERIES, 1);
		}
	}

	void stop() {
		this.stopping = true;
		this.retries.stop();
	}

}
