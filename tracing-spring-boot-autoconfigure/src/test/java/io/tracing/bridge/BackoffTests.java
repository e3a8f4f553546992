// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.tracing.telemetry.wire.Signal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Requests that are under way at the same time, of which one is told to wait, and those
 * who wait when something changes.
 */
class BackoffTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private final Backoff backoff = new Backoff(Signal.SPANS, settings());

	@Test
	void answerToAnEarlierRequestDoesNotEndAWait() throws Exception {
		int first = this.backoff.await();
		this.backoff.await();
		this.backoff.unavailable("429", LONG);
		this.backoff.answered(first);
		assertThat(this.backoff.state()).isEqualTo(SignalState.RETRYING);
		assertThat(waiter()).isNotCompleted();
	}

	@Test
	void answerToALaterRequestEndsTheOutage() throws Exception {
		this.backoff.unavailable("503", null);
		int again = this.backoff.await();
		this.backoff.answered(again);
		assertThat(this.backoff.state()).isEqualTo(SignalState.RUNNING);
		assertThat(this.backoff.reason()).isNull();
	}

	@Test
	void resumeLetsThroughWhoWaits() throws Exception {
		this.backoff.refused("401");
		CompletableFuture<Void> waiter = waiter();
		CompletableFuture<Void> retry = run(() -> this.backoff.await(LONG));
		// Resumed again until it was heard: the second may not wait yet.
		Awaitility.await().until(() -> {
			this.backoff.resume();
			return waiter.isDone() && retry.isDone();
		});
		assertThat(waiter).isCompleted();
		assertThat(retry).isCompleted();
	}

	@Test
	void stopEndsEachWait() {
		this.backoff.halt();
		CompletableFuture<Void> waiter = waiter();
		CompletableFuture<Void> retry = run(() -> this.backoff.await(LONG));
		CompletableFuture<Void> paused = run(this.backoff::awaitResumed);
		this.backoff.stop();
		assertThatThrownBy(() -> waiter.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
			.hasMessageContaining("The bridge stops");
		assertThatThrownBy(() -> retry.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
			.hasMessageContaining("The bridge stops");
		assertThat(paused).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whoNeedNotWaitIsNotStopped() throws Exception {
		this.backoff.stop();
		assertThat(this.backoff.await()).isZero();
	}

	private CompletableFuture<Void> waiter() {
		return run(this.backoff::await);
	}

	private static CompletableFuture<Void> run(Wait wait) {
		return CompletableFuture.runAsync(() -> {
			try {
				wait.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex.getMessage(), ex);
			}
		});
	}

	private static BridgeSettings settings() {
		return new BridgeSettings("", "", "", true, 1, 1, LONG, 1, LONG, LONG, 1, Duration.ofMillis(10), LONG, LONG, "",
				"", LONG, 1);
	}

	private interface Wait {

		void await() throws InterruptedException;

	}

}
