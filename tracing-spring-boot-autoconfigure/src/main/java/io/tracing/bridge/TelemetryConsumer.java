// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.PullRequestOptions;
import io.nats.client.api.ConsumerInfo;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches from one durable, batch by batch, and hands the messages to the pipelines of
 * their signals. A pipeline that is full makes it wait, and what waits is kept alive.
 */
final class TelemetryConsumer implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(TelemetryConsumer.class);

	/** What the server counts of a message beside its body. */
	private static final int MESSAGE_OVERHEAD = 64 * 1024;

	private final Durable durable;

	private final Supplier<Connection> connection;

	private final BridgeSettings settings;

	private final StreamInitializer streams;

	private final Map<Signal, SignalPipeline<?>> pipelines;

	private final DeadLetterStream deadLetters;

	private final UnreadableMessages unreadable;

	private final HeldMessages held = new HeldMessages();

	private final StorageGuard guard;

	private final Retries retries;

	private volatile @Nullable String problem = "it starts";

	private volatile StreamPosition position = StreamPosition.UNKNOWN;

	private volatile long signOfLifeInterval;

	private long lastSignOfLife = System.nanoTime();

	private volatile boolean stopping;

	private boolean silent;

	private boolean unknownLogged;

	private volatile @Nullable Pull pull;

	TelemetryConsumer(Durable durable, Supplier<Connection> connection, BridgeSettings settings,
			StreamInitializer streams, Map<Signal, SignalPipeline<?>> pipelines, DeadLetterStream deadLetters,
			UnreadableMessages unreadable, Set<String> problems) {
		this.durable = durable;
		this.connection = connection;
		this.settings = settings;
		this.streams = streams;
		this.pipelines = pipelines;
		this.deadLetters = deadLetters;
		this.unreadable = unreadable;
		this.guard = new StorageGuard(settings.stream());
		this.retries = new Retries(settings, problems);
		this.signOfLifeInterval = HeldMessages.signOfLifeInterval(settings.ackWait()).toNanos();
	}

	Durable durable() {
		return this.durable;
	}

	HeldMessages held() {
		return this.held;
	}

	/** What keeps it from fetching, if something does. */
	@Nullable String problem() {
		return this.problem;
	}

	@Override
	public void run() {
		try {
			while (!this.stopping) {
				try {
					drain(open());
				}
				catch (IOException | JetStreamApiException | RuntimeException ex) {
					failed(ex);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void failed(Exception failure) throws InterruptedException {
		if (!this.stopping) {
			Pull ended = this.pull;
			if (ended != null) {
				ended.abandon();
			}
			String description = NatsProblem.describe(failure, this.settings);
			this.problem = description;
			this.silent |= failure instanceof SilentConnectionException;
			this.retries.failed(description);
			this.retries.await();
		}
	}

	private Pull open() throws IOException, JetStreamApiException, InterruptedException {
		Connection connection = this.connection.get();
		if (this.silent) {
			this.unreadable.revive(connection);
			this.unreadable.bury(connection, this.durable);
			this.silent = false;
		}
		this.streams.createIfMissing(connection.jetStreamManagement());
		this.deadLetters.createIfMissing();
		ConsumerInfo there = this.durable.findOrCreate(connection.jetStreamManagement(), this.settings);
		Duration ackWait = Objects.requireNonNullElse(there.getConsumerConfiguration().getAckWait(),
				this.settings.ackWait());
		this.signOfLifeInterval = HeldMessages.signOfLifeInterval(ackWait).toNanos();
		// More than the largest message, or the server would never deliver that.
		long maxBytes = Math.max(this.settings.maxBatchBytes(),
				connection.getServerInfo().getMaxPayload() + MESSAGE_OVERHEAD);
		PullRequestOptions request = PullRequestOptions.builder(this.settings.batchSize())
			.maxBytes(maxBytes)
			.expiresIn(this.settings.flushInterval())
			.build();
		return new Pull(connection, this.settings.stream(), this.durable.name(), request);
	}

	private void drain(Pull pull) throws InterruptedException, IOException, JetStreamApiException {
		this.pull = pull;
		while (!this.stopping) {
			awaitPipelines();
			List<HeldMessage> batch = new ArrayList<>(this.settings.batchSize());
			try {
				pull.next((message) -> take(message, batch));
				this.problem = null;
				this.retries.succeeded();
			}
			finally {
				// What came before a fetch failed is held, and must go on.
				dispatch(batch);
			}
		}
	}

	/** Nothing is fetched while somebody has paused the bridge. */
	private void awaitPipelines() throws InterruptedException {
		for (SignalPipeline<?> pipeline : this.pipelines.values()) {
			if (this.durable.delivers(pipeline.signal())) {
				pipeline.backoff().awaitResumed();
			}
		}
	}

	private void take(Message message, List<HeldMessage> batch) {
		Signal signal = Signal.ofSubject(message.getSubject());
		HeldMessage taken = this.held.take(signal, message);
		if (signal != null) {
			SignalCounters counters = this.pipelines.get(signal).counters();
			counters.messages.increment();
			if (taken == null || message.metaData().deliveredCount() > 1) {
				counters.redelivered.increment();
			}
		}
		if (taken != null) {
			batch.add(taken);
		}
	}

	private void dispatch(List<HeldMessage> batch) throws InterruptedException {
		Map<Signal, List<HeldMessage>> bySignal = new EnumMap<>(Signal.class);
		List<HeldMessage> unknown = new ArrayList<>();
		for (HeldMessage message : batch) {
			Signal signal = message.signal();
			if (signal != null) {
				bySignal.computeIfAbsent(signal, (key) -> new ArrayList<>()).add(message);
			}
			else {
				unknown.add(message);
			}
		}
		for (Map.Entry<Signal, List<HeldMessage>> entry : bySignal.entrySet()) {
			this.pipelines.get(entry.getKey()).submit(entry.getValue());
		}
		if (!unknown.isEmpty()) {
			warnOfUnknown(unknown.get(0).delivery().getSubject());
			this.deadLetters.write(unknown.stream()
				.map((message) -> DeadLetter.of(message, message.delivery().getData(), DeadLetterReason.UNKNOWN_SUBJECT,
						"the subject is of none of telemetry.spans.>, telemetry.logs.>, telemetry.metrics.>"))
				.toList());
			unknown.forEach(HeldMessage::partDeadLettered);
		}
	}

	private void warnOfUnknown(String subject) {
		if (!this.unknownLogged) {
			this.unknownLogged = true;
			logger.warn("Stream '{}' has messages with subjects of no signal, such as '{}': they become dead letters.",
					this.settings.stream(), subject);
		}
	}

	/** Tell the server, when it is time to, that what is held is worked on. */
	void giveSignOfLife() {
		Pull last = this.pull;
		long now = System.nanoTime();
		// Signs for a server that is away would fill the buffer of the connection, which
		// others may use as well.
		if (last != null && last.isConnected() && now - this.lastSignOfLife >= this.signOfLifeInterval) {
			this.lastSignOfLife = now;
			this.held.keepAlive();
		}
	}

	/** Ask the server where the durable stands. */
	void refreshPosition() throws IOException, JetStreamApiException {
		StreamPosition next = StreamPosition.of(this.connection.get().jetStreamManagement(), this.settings.stream(),
				this.durable);
		this.position = next;
		this.guard.look(next);
	}

	StreamPosition position() {
		return this.position;
	}

	/** Fetch no more. What is here already is still handed on. */
	void stop() throws InterruptedException {
		this.stopping = true;
		this.retries.stop();
		Pull fetching = this.pull;
		if (fetching != null) {
			fetching.close();
		}
	}

	/** Give back what is held, to whoever fetches next. */
	void giveBackAll() {
		Pull last = this.pull;
		if (last != null) {
			if (this.held.oldest() != null) {
				last.forgetFetches();
			}
			this.held.giveBackAll();
			last.flush();
		}
	}

}
