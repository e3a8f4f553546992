// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.tracing.messaging.Faults;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bridge between a start and a stop: the consumers, the pipelines, and the threads
 * that they run on.
 */
final class BridgeRun {

	private static final Logger logger = LoggerFactory.getLogger(BridgeRun.class);

	private static final long TICK_SECONDS = 1;

	private static final long POSITION_SECONDS = 5;

	private final Supplier<Connection> connection;

	private final BridgeSettings settings;

	private final StreamInitializer streams;

	private final Map<Signal, SignalCounters> counters;

	private final Map<Signal, SignalPipeline<?>> pipelines = new EnumMap<>(Signal.class);

	private final DeadLetterStream deadLetters;

	private final Faults faults;

	private final List<Thread> consumerThreads = new ArrayList<>();

	private volatile @Nullable Thread exhaustedThread;

	private final Thread starter = thread("tracing-bridge-start", this::openStream);

	// One keeps messages alive, and must not wait for the answers that the other asks
	// for.
	private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2,
			(task) -> thread("tracing-bridge-timer", task));

	private volatile List<TelemetryConsumer> consumers = List.of();

	private volatile @Nullable ExhaustedMessages exhausted;

	private volatile String problem = "it starts";

	private final Set<String> problems = ConcurrentHashMap.newKeySet();

	private final Retries retries;

	private final ReentrantLock startOrStop = new ReentrantLock();

	private volatile boolean stopping;

	BridgeRun(Supplier<Connection> connection, BridgeSettings settings, StreamInitializer streams,
			OtlpHttpSender sender, Map<Signal, SignalCounters> counters, Faults faults) {
		this.connection = connection;
		this.settings = settings;
		this.streams = streams;
		this.counters = counters;
		this.faults = faults;
		// Its problems end with the start, of which the consumers know nothing.
		this.retries = new Retries(settings, ConcurrentHashMap.newKeySet());
		this.deadLetters = new DeadLetterStream(this.connection, settings);
		this.pipelines.put(Signal.SPANS, pipeline(Signal.SPANS, new SpanTranslator(settings.serviceName()), sender));
		this.pipelines.put(Signal.LOGS, pipeline(Signal.LOGS, new LogTranslator(settings.serviceName()), sender));
		this.pipelines.put(Signal.METRICS,
				pipeline(Signal.METRICS, new MetricTranslator(settings.serviceName()), sender));
	}

	private <R> SignalPipeline<R> pipeline(Signal signal, RecordTranslator<R> translator, OtlpHttpSender sender) {
		return new SignalPipeline<>(signal, translator, sender, this.deadLetters, this.settings,
				this.counters.get(signal), this.faults);
	}

	private static Thread thread(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		return thread;
	}

	void start() {
		this.starter.start();
	}

	private void openStream() {
		try {
			while (!this.stopping) {
				try {
					List<Durable> durables = chooseDurables();
					this.startOrStop.lock();
					try {
						// A stop that has not seen the consumers would never end them.
						if (!this.stopping) {
							startConsumers(durables);
						}
					}
					finally {
						this.startOrStop.unlock();
					}
					return;
				}
				catch (IOException | JetStreamApiException | RuntimeException ex) {
					if (this.stopping) {
						// A stop interrupts whatever it was waiting for.
						return;
					}
					this.problem = NatsProblem.describe(ex, this.settings);
					this.retries.failed(this.problem);
					this.retries.await();
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private List<Durable> chooseDurables() throws IOException, JetStreamApiException {
		JetStreamManagement management = this.connection.get().jetStreamManagement();
		this.streams.createIfMissing(management);
		// Says so if there is none.
		management.getStreamInfo(this.settings.stream());
		return Durable.choose(management, this.settings);
	}

	private void startConsumers(List<Durable> durables) {
		String names = durables.stream().map(Durable::name).collect(Collectors.joining(", "));
		logger.info("Draining stream '{}' into {} through {}", this.settings.stream(), this.settings.target(), names);
		if (durables.get(0).isForAllSignals()) {
			logger.info(
					"Consumer '{}' delivers all signals: one that the backend does not take can hold up the others.",
					names);
		}
		UnreadableMessages unreadable = new UnreadableMessages(this.settings, this.deadLetters, this.counters);
		List<TelemetryConsumer> created = durables.stream()
			.map((durable) -> new TelemetryConsumer(durable, this.connection, this.settings, this.streams,
					this.pipelines, this.deadLetters, unreadable, this.problems))
			.toList();
		ExhaustedMessages advisories = new ExhaustedMessages(this.connection, this.settings,
				durables.stream().map(Durable::name).collect(Collectors.toSet()), this.deadLetters, this.counters);
		created
			.forEach((consumer) -> this.consumerThreads.add(thread("tracing-" + consumer.durable().name(), consumer)));
		Thread advisoriesThread = thread("tracing-bridge-exhausted", advisories);
		this.exhaustedThread = advisoriesThread;
		this.exhausted = advisories;
		this.consumers = created;
		this.consumerThreads.forEach(Thread::start);
		advisoriesThread.start();
		this.scheduler.scheduleWithFixedDelay(() -> created.forEach(TelemetryConsumer::giveSignOfLife), TICK_SECONDS,
				TICK_SECONDS, TimeUnit.SECONDS);
		this.scheduler.scheduleWithFixedDelay(() -> created.forEach(this::refreshPosition), 0, POSITION_SECONDS,
				TimeUnit.SECONDS);
	}

	private void refreshPosition(TelemetryConsumer consumer) {
		try {
			consumer.refreshPosition();
		}
		catch (IOException | JetStreamApiException | RuntimeException ex) {
			// The consumer itself finds out what is wrong, and says so.
			logger.debug("The position of {} is not known", consumer.durable().name(), ex);
		}
	}

	void halt() {
		this.pipelines.values().forEach((pipeline) -> pipeline.backoff().halt());
	}

	void resume() {
		this.pipelines.values().forEach((pipeline) -> pipeline.backoff().resume());
	}

	SignalStatus status(Signal signal) {
		SignalCounters counters = this.counters.get(signal);
		Backoff backoff = this.pipelines.get(signal).backoff();
		for (TelemetryConsumer consumer : this.consumers) {
			if (consumer.durable().delivers(signal)) {
				String trouble = consumer.problem();
				StreamPosition position = consumer.position();
				return counters.status(signal, (trouble != null) ? SignalState.WAITING_FOR_STREAM : backoff.state(),
						(trouble != null) ? trouble : reason(backoff), consumer.durable().name(), position,
						position.age(consumer.held().oldest(), ZonedDateTime.now(ZoneOffset.UTC)));
			}
		}
		return counters.status(signal, SignalState.WAITING_FOR_STREAM, this.problem);
	}

	/** A dead letter that can't be written holds up what it came with. */
	private @Nullable String reason(Backoff backoff) {
		String reason = backoff.reason();
		String problem = this.deadLetters.problem();
		return (reason == null && problem != null)
				? "dead letters can't be written to stream '" + this.settings.deadLetterStream() + "': " + problem
				: reason;
	}

	/**
	 * Fetch no more, finish what is here, and give back what is not done at the deadline.
	 * @param deadline by {@link System#nanoTime()}
	 */
	void stop(long deadline) {
		forbidStart();
		try {
			stopConsumers(deadline);
			for (SignalPipeline<?> pipeline : this.pipelines.values()) {
				pipeline.stop(deadline);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.pipelines.values().forEach(SignalPipeline::abort);
		}
		this.scheduler.shutdownNow();
		this.consumers.forEach(TelemetryConsumer::giveBackAll);
	}

	private void forbidStart() {
		this.startOrStop.lock();
		try {
			this.stopping = true;
		}
		finally {
			this.startOrStop.unlock();
		}
		this.retries.stop();
		this.starter.interrupt();
	}

	private void stopConsumers(long deadline) throws InterruptedException {
		ExhaustedMessages advisories = this.exhausted;
		if (advisories != null) {
			advisories.stop();
		}
		for (TelemetryConsumer consumer : this.consumers) {
			consumer.stop();
		}
		this.pipelines.values().forEach(SignalPipeline::stopWaiting);
		join(this.starter, System.nanoTime() + TimeUnit.SECONDS.toNanos(TICK_SECONDS));
		for (Thread thread : this.consumerThreads) {
			join(thread, deadline);
		}
		Thread advisoriesThread = this.exhaustedThread;
		if (advisoriesThread != null) {
			// It would wait for advisories a while longer.
			advisoriesThread.interrupt();
			join(advisoriesThread, deadline);
		}
	}

	private static void join(Thread thread, long deadline) throws InterruptedException {
		thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
		if (thread.isAlive()) {
			thread.interrupt();
			thread.join(TimeUnit.SECONDS.toMillis(TICK_SECONDS));
		}
	}

}
