// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sees every span that starts and ends. A test waits for the spans it caused, and can
 * check that none is left open.
 */
public final class Spans implements SpanProcessor {

	private final List<SpanData> ended = new ArrayList<>();

	private final AtomicInteger open = new AtomicInteger();

	/** The most spans of a name that a test waited for. */
	private final Map<String, Integer> awaited = new ConcurrentHashMap<>();

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		this.open.incrementAndGet();
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		synchronized (this.ended) {
			this.ended.add(span.toSpanData());
		}
		this.open.decrementAndGet();
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

	@Override
	public CompletableResultCode shutdown() {
		return CompletableResultCode.ofSuccess();
	}

	public int open() {
		return this.open.get();
	}

	/**
	 * Wait until so many spans are open: of a processor in front of this one that throws,
	 * this one does not hear that the span ended.
	 * @param count how many
	 */
	public void awaitOpen(int count) {
		Awaitility.await(count + " open spans").atMost(Duration.ofSeconds(30)).until(() -> this.open.get() == count);
	}

	public void forgetOpen() {
		this.open.set(0);
	}

	public List<SpanData> ended() {
		synchronized (this.ended) {
			return List.copyOf(this.ended);
		}
	}

	public List<SpanData> named(String name) {
		return ended().stream().filter((span) -> span.getName().equals(name)).toList();
	}

	/**
	 * Wait until there are exactly so many ended spans of a name. If more come later, and
	 * no test waits for them, {@link #awaitNoneOpen()} complains.
	 * @param name the name
	 * @param count how many
	 * @return the spans, in the order in which they ended
	 */
	public List<SpanData> await(String name, int count) {
		this.awaited.merge(name, count, Math::max);
		return await((span) -> span.getName().equals(name), name, count);
	}

	/**
	 * Wait for the only span of a name.
	 * @param name the name
	 * @return the span
	 */
	public SpanData await(String name) {
		return await(name, 1).get(0);
	}

	/**
	 * Wait for the span of an id.
	 * @param spanId the id
	 * @return the span
	 */
	public SpanData awaitSpan(String spanId) {
		return await((span) -> span.getSpanId().equals(spanId), spanId, 1).get(0);
	}

	/**
	 * Wait for the only span of a kind.
	 * @param kind the kind
	 * @return the span
	 */
	public SpanData await(SpanKind kind) {
		return await((span) -> span.getKind() == kind, kind.name(), 1).get(0);
	}

	/**
	 * Wait for the only span of which a condition holds.
	 * @param condition the condition
	 * @return the span
	 */
	public SpanData await(Predicate<SpanData> condition) {
		return await(condition, "of a condition", 1).get(0);
	}

	private List<SpanData> await(Predicate<SpanData> condition, String description, int count) {
		return Awaitility.await(count + " ended spans '" + description + "'")
			.atMost(Duration.ofSeconds(30))
			.until(() -> ended().stream().filter(condition).toList(), (found) -> found.size() == count);
	}

	/**
	 * Wait until nothing is open any more, and check that nothing has been added to what
	 * the tests waited for.
	 */
	public void awaitNoneOpen() {
		Awaitility.await("no open span: look for code that misses end()")
			.atMost(Duration.ofSeconds(30))
			.until(() -> this.open.get() == 0);
		this.awaited.forEach((name, count) -> assertThat(named(name)).as("spans '%s'", name).hasSize(count));
	}

}
