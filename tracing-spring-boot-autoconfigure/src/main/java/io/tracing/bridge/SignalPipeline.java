// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.tracing.messaging.Faults;
import io.tracing.telemetry.wire.MalformedRecordException;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to the messages of one signal, from the stream to the backend: they are
 * read, sent together, and each is settled by what the backend answers.
 * <p>
 * A batch stays here until each of its records is the backend's or a dead letter. While
 * the backend is away it waits, and because only so many batches may be here, no more are
 * fetched: the stream is the buffer, and memory stays bounded. A request that is too
 * large, or that the backend finds wrong, is halved until it passes or one record is
 * left, so that one bad record costs no good one.
 *
 * @param <R> what a JSON record is read as
 */
final class SignalPipeline<R> {

	private static final Logger logger = LoggerFactory.getLogger(SignalPipeline.class);

	private static final long WARNING_INTERVAL = TimeUnit.MINUTES.toNanos(1);

	private final Signal signal;

	private final RecordTranslator<R> translator;

	private final EncodedRequests encodedRequests;

	private final OtlpHttpSender sender;

	private final DeadLetterStream deadLetters;

	private final BridgeSettings settings;

	private final Faults faults;

	private final Backoff backoff;

	private final SignalCounters counters;

	private final Semaphore slots;

	private final ExecutorService workers;

	private volatile long nextWarning = System.nanoTime();

	SignalPipeline(Signal signal, RecordTranslator<R> translator, OtlpHttpSender sender, DeadLetterStream deadLetters,
			BridgeSettings settings, SignalCounters counters, Faults faults) {
		this.signal = signal;
		this.translator = translator;
		this.encodedRequests = new EncodedRequests(signal);
		this.sender = sender;
		this.deadLetters = deadLetters;
		this.settings = settings;
		this.counters = counters;
		this.faults = faults;
		this.backoff = new Backoff(signal, settings);
		this.slots = new Semaphore(settings.requestsInFlight());
		this.workers = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "tracing-bridge-" + signal.text());
			thread.setDaemon(true);
			return thread;
		});
	}

	Signal signal() {
		return this.signal;
	}

	SignalCounters counters() {
		return this.counters;
	}

	Backoff backoff() {
		return this.backoff;
	}

	/**
	 * Take a batch. Waits while as many batches are here as may be.
	 */
	void submit(List<HeldMessage> batch) throws InterruptedException {
		this.slots.acquire();
		try {
			this.workers.execute(() -> {
				try {
					export(batch);
				}
				finally {
					this.slots.release();
				}
			});
		}
		catch (RejectedExecutionException ex) {
			// The bridge stops, and gives back what it still holds.
			this.slots.release();
		}
	}

	private void export(List<HeldMessage> batch) {
		try {
			List<Part<R>> parts = read(batch);
			if (!parts.isEmpty()) {
				export(parts, this.settings.maxDeliveries());
			}
		}
		catch (InterruptedException ex) {
			// The bridge stops, and gives back what it still holds.
			Thread.currentThread().interrupt();
		}
		catch (Throwable ex) {
			this.faults.report("exporting " + this.signal.text() + " from the stream, which will deliver them again",
					ex);
			batch.forEach(HeldMessage::giveBack);
		}
	}

	private List<Part<R>> read(List<HeldMessage> batch) throws InterruptedException {
		List<Part<R>> parts = new ArrayList<>(batch.size());
		List<HeldMessage> malformed = new ArrayList<>();
		List<DeadLetter> letters = new ArrayList<>();
		for (HeldMessage message : batch) {
			try {
				parts.add(read(message));
			}
			catch (MalformedRecordException ex) {
				malformed.add(message);
				letters.add(malformed(message, String.valueOf(ex.getMessage())));
			}
			catch (RuntimeException | StackOverflowError ex) {
				// A reader that fails over one record must not cost the others.
				malformed.add(message);
				letters.add(malformed(message, "it can't be read: " + ex));
			}
		}
		if (!letters.isEmpty()) {
			this.counters.received.add(letters.size());
			this.deadLetters.write(letters);
			this.counters.deadLettered(DeadLetterReason.MALFORMED, letters.size());
			malformed.forEach(HeldMessage::partDeadLettered);
		}
		return parts;
	}

	private static DeadLetter malformed(HeldMessage message, String error) {
		return DeadLetter.of(message, message.delivery().getData(), DeadLetterReason.MALFORMED, error);
	}

	private Part<R> read(HeldMessage message) throws MalformedRecordException {
		Message delivery = message.delivery();
		byte[] body = delivery.getData();
		Part<R> part = switch (BodyFormat.of(contentType(delivery), body, this.encodedRequests)) {
			case OTLP -> new Part.Encoded<>(message, body, this.encodedRequests.count(body));
			case JSON -> new Part.Single<>(message,
					this.translator.read(body, delivery.getSubject(), delivery.metaData().timestamp().toInstant()));
		};
		this.counters.received.add(part.records());
		return part;
	}

	private static @Nullable String contentType(Message delivery) {
		Headers headers = delivery.getHeaders();
		List<String> values = (headers != null) ? headers.getIgnoreCase("Content-Type") : null;
		return (values != null && !values.isEmpty()) ? values.get(0) : null;
	}

	/**
	 * Export some parts together, and settle them.
	 * @param tries how often the backend may fail over them
	 */
	private void export(List<Part<R>> parts, int tries) throws InterruptedException {
		long records = parts.stream().mapToLong(Part::records).sum();
		int left = tries;
		boolean again = false;
		while (true) {
			int sentAfter = this.backoff.await();
			if (again) {
				this.counters.retried.add(records);
			}
			again = true;
			SendResult result = send(parts);
			if (result instanceof SendResult.Unavailable unavailable) {
				this.backoff.unavailable(unavailable.reason(), unavailable.retryAfter());
			}
			else if (result instanceof SendResult.Refused refused) {
				this.backoff.refused(refused.reason());
			}
			else {
				this.backoff.answered(sentAfter);
				if (!(result instanceof SendResult.Failed) || --left <= 0) {
					settle(parts, records, result);
					return;
				}
				this.backoff.await(this.settings.retryDelay());
			}
		}
	}

	private SendResult send(List<Part<R>> parts) throws InterruptedException {
		List<byte[]> request;
		try {
			request = encode(parts);
		}
		catch (RuntimeException | StackOverflowError ex) {
			return new SendResult.Rejected("it can't be made OTLP: " + ex);
		}
		return this.sender.send(this.signal, request);
	}

	/**
	 * Requests of one type have nothing but repeated fields, so what is encoded already
	 * is joined without being decoded.
	 */
	private List<byte[]> encode(List<Part<R>> parts) {
		List<byte[]> request = new ArrayList<>(parts.size());
		List<R> records = new ArrayList<>();
		for (Part<R> part : parts) {
			if (part instanceof Part.Encoded<R> encoded) {
				request.add(encoded.request());
			}
			else if (part instanceof Part.Single<R> single) {
				records.add(single.record());
			}
		}
		if (!records.isEmpty()) {
			request.add(this.translator.translate(records).toByteArray());
		}
		return request;
	}

	private void settle(List<Part<R>> parts, long records, SendResult result) throws InterruptedException {
		if (result instanceof SendResult.Accepted accepted) {
			long rejected = Math.min(accepted.rejected(), records);
			this.counters.exported(records, rejected);
			warnIfRejected(accepted, rejected);
			parts.forEach((part) -> part.message().partExported());
		}
		else if (result instanceof SendResult.TooLarge tooLarge) {
			divide(parts, DeadLetterReason.TOO_LARGE, tooLarge.reason());
		}
		else if (result instanceof SendResult.Rejected rejected) {
			divide(parts, DeadLetterReason.REJECTED, rejected.reason());
		}
		else if (result instanceof SendResult.Failed failed) {
			divide(parts, DeadLetterReason.FAILED, failed.reason());
		}
	}

	private void warnIfRejected(SendResult.Accepted accepted, long rejected) {
		if (rejected == 0 && accepted.message() == null) {
			return;
		}
		long now = System.nanoTime();
		if (now - this.nextWarning >= 0) {
			this.nextWarning = now + WARNING_INTERVAL;
			if (rejected == 0) {
				logger.warn("The backend took a request with {}, but: {}", this.signal.text(), accepted.message());
				return;
			}
			logger.warn("The backend took a request and rejected {} of its {} for good: {}. Rejected so far: {}",
					rejected, this.signal.text(), Objects.requireNonNullElse(accepted.message(), "it does not say why"),
					this.counters.rejected.sum());
		}
	}

	private void divide(List<Part<R>> parts, DeadLetterReason reason, String error) throws InterruptedException {
		List<Part<R>> smaller = (parts.size() > 1) ? parts : cut(parts.get(0));
		if (smaller.size() == 1) {
			bury(smaller.get(0), reason, error);
			return;
		}
		// What failed together was tried as often as it may, what is only too large or
		// rejected for one of them was not.
		int tries = (reason == DeadLetterReason.FAILED) ? 1 : this.settings.maxDeliveries();
		int half = smaller.size() / 2;
		export(smaller.subList(0, half), tries);
		export(smaller.subList(half, smaller.size()), tries);
	}

	/** Cut a request in two, if it has more than one record. */
	private List<Part<R>> cut(Part<R> part) {
		if (!(part instanceof Part.Encoded<R> encoded)) {
			return List.of(part);
		}
		List<byte[]> halves;
		try {
			halves = this.encodedRequests.halves(encoded.request());
		}
		catch (MalformedRecordException ex) {
			// Well framed, but not OTLP: it goes as it came, with what the backend says.
			return List.of(part);
		}
		HeldMessage message = part.message();
		List<Part<R>> parts = new ArrayList<>(halves.size());
		try {
			for (byte[] half : halves) {
				parts.add(new Part.Encoded<>(message, half, this.encodedRequests.count(half)));
			}
		}
		catch (MalformedRecordException ex) {
			throw new IllegalStateException("A half of a request is malformed", ex);
		}
		long records = parts.stream().mapToLong(Part::records).sum();
		if (parts.size() < 2 || records != part.records()) {
			// Of two values of a field that has one, a decoder keeps the last. Nothing of
			// a record may be lost on its way to where somebody looks at it.
			return List.of(part);
		}
		message.cut();
		return parts;
	}

	private void bury(Part<R> part, DeadLetterReason reason, String error) throws InterruptedException {
		HeldMessage message = part.message();
		byte[] body = (part instanceof Part.Encoded<R> encoded) ? encoded.request() : message.delivery().getData();
		this.deadLetters.write(List.of(DeadLetter.of(message, body, reason, error)));
		this.counters.deadLettered(reason, part.records());
		message.partDeadLettered();
	}

	/**
	 * Go on as long as the backend takes what is here. What waits for it now, or would
	 * have to, is let go: it would not be done in time.
	 */
	void stopWaiting() {
		boolean waiting = this.backoff.state() != SignalState.RUNNING;
		this.backoff.stop();
		if (waiting) {
			this.workers.shutdownNow();
		}
	}

	/** Let go of everything. */
	void abort() {
		this.workers.shutdownNow();
	}

	/**
	 * Finish what is here, or give up at the deadline.
	 * @param deadline by {@link System#nanoTime()}
	 */
	void stop(long deadline) throws InterruptedException {
		this.workers.shutdown();
		try {
			this.workers.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
		}
		finally {
			this.workers.shutdownNow();
		}
		this.workers.awaitTermination(1, TimeUnit.SECONDS);
	}

}
