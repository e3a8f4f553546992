// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A span that ends exactly once, and what it says about an error.
 */
class RunningSpanTests {

	private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

	private final SdkTracerProvider tracers = SdkTracerProvider.builder()
		.addSpanProcessor(SimpleSpanProcessor.create(this.exporter))
		.build();

	private final List<@Nullable String> measured = new ArrayList<>();

	private final OperationMetrics metrics = new OperationMetrics() {

		@Override
		public void completed(double seconds, int messages, @Nullable String errorType) {
			RunningSpanTests.this.measured.add(errorType);
		}

		@Override
		public void timeInQueue(TimeInQueue timeInQueue) {
		}

	};

	@AfterEach
	void close() {
		assertThat(Context.current()).isSameAs(Context.root());
		this.tracers.close();
	}

	@Test
	void firstOutcomeCounts() {
		RunningSpan running = start();
		running.end(new IllegalStateException("first"));
		running.end(null);
		running.abandon("too late");
		assertThat(this.exporter.getFinishedSpanItems()).singleElement()
			.extracting((span) -> span.getStatus().getDescription())
			.isEqualTo("first");
		assertThat(this.measured).containsExactly("java.lang.IllegalStateException");
	}

	@Test
	void manyThreadsEndItOnce() throws Exception {
		AtomicInteger ready = new AtomicInteger();
		for (int round = 0; round < 50; round++) {
			RunningSpan running = start();
			CountDownLatch start = new CountDownLatch(1);
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Thread thread = new Thread(() -> {
					ready.incrementAndGet();
					try {
						start.await();
					}
					catch (InterruptedException ex) {
						throw new AssertionError(ex);
					}
					running.end(null);
				});
				thread.start();
				threads.add(thread);
			}
			start.countDown();
			for (Thread thread : threads) {
				thread.join();
			}
		}
		assertThat(ready).hasValue(200);
		assertThat(this.exporter.getFinishedSpanItems()).hasSize(50);
		assertThat(this.measured).hasSize(50);
	}

	@Test
	void wrappersAreTakenOff() {
		IllegalStateException cause = new IllegalStateException("cause");
		start().end(new ExecutionException(new CompletionException(new InvocationTargetException(cause))));
		assertThat(errorType()).isEqualTo("java.lang.IllegalStateException");
	}

	@Test
	void wrapperWithoutACauseIsTheError() {
		start().end(new ExecutionException("alone", null));
		assertThat(errorType()).isEqualTo("java.util.concurrent.ExecutionException");
	}

	@Test
	void exceptionsThatCauseEachOtherDoNotHang() {
		CompletionException one = new CompletionException("one", null) {

			private static final long serialVersionUID = 1L;

			@Override
			public synchronized Throwable getCause() {
				return this;
			}

		};
		start().end(one);
		assertThat(errorType()).startsWith(RunningSpanTests.class.getName());
	}

	@Test
	void exceptionWithoutAMessageSetsNoDescription() {
		start().end(new IllegalStateException());
		assertThat(this.exporter.getFinishedSpanItems().get(0).getStatus().getDescription()).isEmpty();
	}

	@Test
	void abandonedSpanHasFailed() {
		start().abandon("nobody knows");
		SpanData span = this.exporter.getFinishedSpanItems().get(0);
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(span.getStatus().getDescription()).isEqualTo("nobody knows");
		assertThat(errorType()).isEqualTo("_OTHER");
		assertThat(this.measured).containsExactly("_OTHER");
	}

	@Test
	void deferredSpanEndsWithTheDecisionButIsMeasuredBefore() {
		List<RunningSpan> deferred = new ArrayList<>();
		RunningSpan running = start();
		running.deferTo(deferred::add);
		running.end(null);
		running.end(new IllegalStateException("too late"));
		assertThat(this.exporter.getFinishedSpanItems()).isEmpty();
		assertThat(this.measured).hasSize(1).containsOnlyNulls();
		assertThat(deferred).containsExactly(running);
		running.decide(new IllegalStateException("void"));
		assertThat(this.exporter.getFinishedSpanItems()).singleElement()
			.extracting((span) -> span.getStatus().getDescription())
			.isEqualTo("void");
		assertThat(this.measured).hasSize(1);
	}

	@Test
	void failureIsNotDeferred() {
		RunningSpan running = start();
		running.deferTo((span) -> {
			throw new AssertionError("must not be asked");
		});
		running.end(new IllegalStateException("failed"));
		assertThat(errorType()).isEqualTo("java.lang.IllegalStateException");
	}

	@Test
	void spanEndsIfTheDecisionFails() {
		RunningSpan running = start();
		running.deferTo((span) -> {
			throw new IllegalStateException("injected");
		});
		running.end(null);
		assertThat(this.exporter.getFinishedSpanItems()).hasSize(1);
		assertThat(this.measured).hasSize(1);
	}

	@Test
	void closingTwiceOrWithoutBeingCurrentDoesNothing() {
		RunningSpan running = start();
		running.close();
		running.makeCurrent();
		assertThat(Span.current()).isSameAs(running.span());
		running.close();
		running.close();
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
		running.end(null);
	}

	private RunningSpan start() {
		Span span = this.tracers.get("test").spanBuilder("test").startSpan();
		return new RunningSpan(span, Context.root().with(span), this.metrics, 1, new Faults(Duration.ofMinutes(1)));
	}

	private @Nullable String errorType() {
		return this.exporter.getFinishedSpanItems().get(0).getAttributes().get(MessagingAttributes.ERROR_TYPE);
	}

}
