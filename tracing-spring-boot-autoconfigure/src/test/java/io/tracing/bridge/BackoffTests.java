// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.tracing.telemetry.wire.Signal;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTests {

	private static final Duration FIRST = Duration.ofMillis(100);

	private static final Duration MAX = Duration.ofMillis(800);

	// A machine that is busy comes back late.
	private static final long SLACK = 3_000;

	private final BridgeLog log = new BridgeLog();

	private final Backoff backoff = new Backoff(Signal.SPANS, Settings.with(FIRST, MAX, Duration.ofMinutes(1)));

	@AfterEach
	void close() {
		this.log.close();
	}

	@Test
	void waitsDoubleUpToTheLongestGiveOrTakeAFifth() throws Exception {
		for (long expected : new long[] { 100, 200, 400, 800, 800 }) {
			assertThat(waitAfterFailure(null)).isBetween(expected * 8 / 10, expected * 12 / 10 + SLACK);
		}
	}

	@Test
	void longerRetryAfterIsHonouredAndAShorterOneIsNot() throws Exception {
		assertThat(waitAfterFailure(Duration.ofMillis(500))).isBetween(500L, 500L + SLACK);
		assertThat(waitAfterFailure(Duration.ofMillis(1))).isBetween(160L, 240L + SLACK);
	}

	@Test
	void failuresOfRequestsThatWereSentTogetherCountOnce() throws Exception {
		this.backoff.unavailable("down", null);
		this.backoff.unavailable("down", null);
		this.backoff.unavailable("down", null);
		this.backoff.await();
		assertThat(waitAfterFailure(null)).isBetween(160L, 240L + SLACK);
	}

	@Test
	void answerEndsTheGrowth() throws Exception {
		waitAfterFailure(null);
		waitAfterFailure(null);
		this.backoff.answered(this.backoff.await());
		assertThat(this.backoff.state()).isEqualTo(SignalState.RUNNING);
		assertThat(this.backoff.reason()).isNull();
		assertThat(waitAfterFailure(null)).isBetween(80L, 120L + SLACK);
	}

	@Test
	void answerToAnEarlierRequestDoesNotEndTheWait() throws Exception {
		int sentBefore = this.backoff.await();
		this.backoff.unavailable("429", Duration.ofMinutes(1));
		this.backoff.answered(sentBefore);
		assertThat(this.backoff.state()).isEqualTo(SignalState.RETRYING);
		CompletableFuture<Void> request = inBackground(this.backoff::await);
		assertThat(request).isNotDone();
		this.backoff.resume();
		request.get(5, TimeUnit.SECONDS);
	}

	@Test
	void outageAndItsEndAreLoggedOnce() throws Exception {
		waitAfterFailure(null);
		waitAfterFailure(null);
		this.backoff.answered(this.backoff.await());
		this.backoff.answered(this.backoff.await());
		assertThat(this.log.messages()).satisfiesExactly(
				(begin) -> assertThat(begin).isEqualTo("The backend does not take spans, nothing is lost: down."
						+ " Trying again with growing waits up to 800ms."),
				(end) -> assertThat(end).matches("The backend takes spans again, after \\d s\\."));
	}

	@Test
	void refusalPausesUntilSomebodyResumes() throws Exception {
		this.backoff.refused("401.");
		this.backoff.refused("401.");
		assertThat(this.backoff.state()).isEqualTo(SignalState.PAUSED);
		assertThat(this.backoff.reason()).isEqualTo("401.");
		assertThat(this.log.problems())
			.containsExactly("The export of spans is paused, nothing is lost: 401. Tried again every 1m.");
		CompletableFuture<Void> waiting = inBackground(this.backoff::await);
		this.backoff.resume();
		waiting.get(5, TimeUnit.SECONDS);
		assertThat(this.backoff.state()).isEqualTo(SignalState.RUNNING);
	}

	@Test
	void nothingPassesBetweenHaltAndResume() throws Exception {
		this.backoff.halt();
		assertThat(this.backoff.state()).isEqualTo(SignalState.HALTED);
		CompletableFuture<Void> request = inBackground(this.backoff::await);
		CompletableFuture<Void> fetch = inBackground(this.backoff::awaitResumed);
		assertThat(request).isNotDone();
		assertThat(fetch).isNotDone();
		this.backoff.resume();
		request.get(5, TimeUnit.SECONDS);
		fetch.get(5, TimeUnit.SECONDS);
		assertThat(this.backoff.state()).isEqualTo(SignalState.RUNNING);
	}

	@Test
	void delayBetweenTwoTriesEndsWhenSomebodyResumes() throws Exception {
		CompletableFuture<Void> waiting = inBackground(() -> this.backoff.await(Duration.ofMinutes(1)));
		this.backoff.resume();
		waiting.get(5, TimeUnit.SECONDS);
	}

	@Test
	void stopEndsEachWait() throws Exception {
		this.backoff.halt();
		CompletableFuture<Void> request = inBackground(this.backoff::await);
		CompletableFuture<Void> retry = inBackground(() -> this.backoff.await(Duration.ofMinutes(1)));
		CompletableFuture<Void> fetch = inBackground(this.backoff::awaitResumed);
		this.backoff.stop();
		assertThat(request).failsWithin(Duration.ofSeconds(5)).withThrowableThat().withMessageContaining("stops");
		assertThat(retry).failsWithin(Duration.ofSeconds(5)).withThrowableThat().withMessageContaining("stops");
		fetch.get(5, TimeUnit.SECONDS);
	}

	@Test
	void stopLeavesAloneWhoNeedNotWait() throws Exception {
		this.backoff.stop();
		assertThat(this.backoff.await()).isZero();
	}

	private long waitAfterFailure(@Nullable Duration retryAfter) throws InterruptedException {
		long start = System.nanoTime();
		this.backoff.unavailable("down", retryAfter);
		assertThat(this.backoff.state()).isEqualTo(SignalState.RETRYING);
		this.backoff.await();
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
	}

	/** Wait on another thread, which is waiting when this returns. */
	private static CompletableFuture<Void> inBackground(Waiting waiting) {
		CompletableFuture<Void> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				waiting.await();
				result.complete(null);
			}
			catch (InterruptedException ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.start();
		Awaitility.await()
			.until(thread::getState, (state) -> state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING);
		return result;
	}

	interface Waiting {

		void await() throws InterruptedException;

	}

}
