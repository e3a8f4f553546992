// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.MessageTtl;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.api.StorageType;
import io.nats.client.impl.NatsKeyValueWatchSubscription;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.SemanticConventions;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Reads and writes a key-value bucket of a real server: one span for each call, whatever
 * jnats makes of it, and the entries that an untraced connection sees.
 */
@SuppressWarnings("try")
class KeyValueIntegrationTests {

	private static final byte[] VALUE = "a book".getBytes(StandardCharsets.UTF_8);

	private static final String KEY = "order.42";

	private final String bucket = NatsServer.newName("bucket");

	static List<Named<Access>> calls() {
		return List.of(named("put", "send", true, (bucket) -> bucket.put(KEY, VALUE)),
				named("put", "send", true, (bucket) -> bucket.put(KEY, "a book")),
				named("put", "send", true, (bucket) -> bucket.put(KEY, 42)),
				named("update", "send", true, (bucket) -> bucket.update(KEY, VALUE, 1)),
				named("update", "send", true, (bucket) -> bucket.update(KEY, "a book", 1)),
				named("delete", "send", false, (bucket) -> {
					bucket.delete(KEY);
					return null;
				}), named("delete", "send", false, (bucket) -> {
					bucket.delete(KEY, 1);
					return null;
				}), named("purge", "send", false, (bucket) -> {
					bucket.purge(KEY);
					return null;
				}), named("purge", "send", false, (bucket) -> {
					bucket.purge(KEY, 1);
					return null;
				}));
	}

	@ParameterizedTest
	@MethodSource("calls")
	void callIsOneSpan(Access access) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			KeyValue raw = create(nats);
			raw.put(KEY, "the first");
			KeyValue bucket = nats.connection().keyValue(this.bucket);
			Span parent = nats.sdk().getTracer("test").spanBuilder("checkout").startSpan();
			Object result;
			try (Scope scope = parent.makeCurrent()) {
				result = access.call.call(bucket);
				assertThat(Span.current()).isSameAs(parent);
			}
			parent.end();
			SpanData span = nats.spans().await(access.name + " " + this.bucket);
			Map<String, Object> expected = expected(nats, access.name, access.type);
			if (access.revision) {
				assertThat(result).isEqualTo(2L);
				expected.put("messaging.nats.key_value.revision", 2L);
			}
			assertThat(NatsAttributes.of(span)).isEqualTo(expected);
			assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(span.getParentSpanContext()).isEqualTo(parent.getSpanContext());
			assertThat(span.getStatus()).isEqualTo(StatusData.unset());
			assertThat(nats.spans().ended()).hasSize(2);
			assertThat(raw.history(KEY)).last().extracting(KeyValueEntry::getRevision).isEqualTo(2L);
		}
	}

	@ParameterizedTest
	@EnumSource(SemanticConventions.class)
	void getIsOneSpan(SemanticConventions conventions) throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.messaging((messaging) -> messaging.conventions(conventions))
			.start()) {
			create(nats).put(KEY, VALUE);
			KeyValueEntry entry = nats.connection().keyValue(this.bucket).get(KEY);
			assertThat(entry.getValue()).isEqualTo(VALUE);
			SpanData span = nats.spans().await("get " + this.bucket);
			Map<String, Object> expected = expected(nats, "get", "receive");
			expected.put("messaging.nats.key_value.revision", 1L);
			assertThat(NatsAttributes.of(span)).isEqualTo(NatsAttributes.renamed(conventions, expected));
			assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(nats.spans().ended()).hasSize(1);
		}
	}

	@Test
	void getOfARevisionOrOfNothingIsOneSpan() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			create(nats).put(KEY, VALUE);
			KeyValue bucket = nats.connection().keyValue(this.bucket);
			assertThat(bucket.get(KEY, 1).getValue()).isEqualTo(VALUE);
			assertThat(bucket.get("missing")).isNull();
			List<SpanData> spans = nats.spans().await("get " + this.bucket, 2);
			assertThat(NatsAttributes.of(spans.get(0))).containsEntry("messaging.nats.key_value.revision", 1L);
			assertThat(NatsAttributes.of(spans.get(1))).containsEntry("messaging.nats.key_value.key", "missing")
				.doesNotContainKeys("messaging.nats.key_value.revision", "error.type");
		}
	}

	@Test
	void createIsOneSpanEvenIfItTakesSeveralMessages() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			KeyValue raw = create(nats);
			KeyValue bucket = nats.connection().keyValue(this.bucket);
			assertThat(bucket.create(KEY, VALUE)).isEqualTo(1);
			raw.delete(KEY);
			assertThat(bucket.create(KEY, VALUE)).isEqualTo(3);
			List<SpanData> spans = nats.spans().await("create " + this.bucket, 2);
			Map<String, Object> expected = expected(nats, "create", "send");
			expected.put("messaging.nats.key_value.revision", 1L);
			assertThat(NatsAttributes.of(spans.get(0))).isEqualTo(expected);
			expected.put("messaging.nats.key_value.revision", 3L);
			assertThat(NatsAttributes.of(spans.get(1))).isEqualTo(expected);
			assertThat(nats.spans().ended()).hasSize(2);
		}
	}

	@Test
	void failureIsThatOfTheUntracedCall() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			create(nats).put(KEY, VALUE);
			KeyValue bucket = nats.connection().keyValue(this.bucket);
			assertThatThrownBy(() -> bucket.update(KEY, VALUE, 41)).isInstanceOfSatisfying(JetStreamApiException.class,
					(ex) -> assertThat(ex.getApiErrorCode()).isEqualTo(10071));
			assertFailed(nats.spans().await("update " + this.bucket), "io.nats.client.JetStreamApiException");
			assertThatThrownBy(() -> bucket.create(KEY, VALUE)).isInstanceOf(JetStreamApiException.class);
			assertFailed(nats.spans().await("create " + this.bucket), "io.nats.client.JetStreamApiException");
			assertThatThrownBy(() -> bucket.put("no key", VALUE)).isInstanceOf(IllegalArgumentException.class);
			assertFailed(nats.spans().await("put " + this.bucket), "java.lang.IllegalArgumentException");
		}
	}

	@Test
	void callsThatMoveNoEntryMakeNoSpan() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			create(nats).put(KEY, VALUE);
			KeyValue bucket = nats.connection().keyValue(this.bucket);
			assertThat(bucket.keys()).containsExactly(KEY);
			assertThat(bucket.keys("order.>")).containsExactly(KEY);
			assertThat(bucket.consumeKeys().poll(10, TimeUnit.SECONDS).getKey()).isEqualTo(KEY);
			assertThat(bucket.history(KEY)).hasSize(1);
			bucket.purgeDeletes();
			assertThat(bucket.getStatus().getEntryCount()).isEqualTo(1);
			assertThat(bucket.getBucketName()).isEqualTo(this.bucket);
			nats.flush();
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void watcherRunsInAProcessSpanOfEachEntry() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			KeyValue bucket = nats.connection().keyValue(create(nats).getBucketName());
			Watcher watcher = new Watcher();
			NatsKeyValueWatchSubscription subscription = bucket.watch(KEY, watcher);
			assertThat(watcher.ends.poll(10, TimeUnit.SECONDS)).isFalse();
			bucket.put(KEY, VALUE);
			Seen seen = watcher.seen.poll(10, TimeUnit.SECONDS);
			SpanData process = nats.spans().await("process " + this.bucket);
			SpanData put = nats.spans().await("put " + this.bucket);
			assertThat(seen.entry.getValue()).isEqualTo(VALUE);
			assertThat(seen.span.getSpanId()).isEqualTo(process.getSpanId());
			Map<String, Object> expected = expected(nats, "process", "process");
			expected.put("messaging.nats.key_value.revision", 1L);
			assertThat(NatsAttributes.of(process)).isEqualTo(expected);
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getParentSpanContext().isValid()).isFalse();
			assertThat(process.getTraceId()).isNotEqualTo(put.getTraceId());
			subscription.unsubscribe();
			bucket.watchAll(watcher);
			nats.spans().await("process " + this.bucket, 2);
		}
	}

	@Test
	void keyIsNotWrittenIfSwitchedOff() throws Exception {
		try (TracedNats nats = TracedNats.builder().nats((builder) -> builder.captureKey(false)).start()) {
			KeyValue bucket = nats.connection().keyValue(create(nats).getBucketName());
			Watcher watcher = new Watcher();
			bucket.watchAll(watcher);
			bucket.put(KEY, VALUE);
			bucket.get(KEY);
			for (String operation : List.of("put ", "get ", "process ")) {
				assertThat(NatsAttributes.of(nats.spans().await(operation + this.bucket)))
					.doesNotContainKey("messaging.nats.key_value.key")
					.doesNotContainValue(KEY);
			}
		}
	}

	@Test
	void bucketThatIsNotTracedHasNoSpan() throws Exception {
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.subjects((subject) -> !subject.equals(this.bucket)))
			.start()) {
			KeyValue bucket = nats.connection().keyValue(create(nats).getBucketName());
			Watcher watcher = new Watcher();
			bucket.watchAll(watcher);
			bucket.put(KEY, VALUE);
			assertThat(bucket.get(KEY).getValue()).isEqualTo(VALUE);
			assertThat(watcher.seen.poll(10, TimeUnit.SECONDS).span.isValid()).isFalse();
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void timeToLiveIsTakenOrRefusedAsItIsUntraced() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			KeyValue raw = create(nats);
			KeyValue bucket = nats.connection().keyValue(this.bucket);
			Throwable untraced = catchThrowable(() -> raw.create("raw", VALUE, MessageTtl.seconds(100)));
			Throwable traced = catchThrowable(() -> bucket.create(KEY, VALUE, MessageTtl.seconds(100)));
			assertThat(type(traced)).isEqualTo(type(untraced));
			assertThat(NatsAttributes.of(nats.spans().await("create " + this.bucket)).get("error.type"))
				.isEqualTo(type(untraced));
		}
	}

	private static @Nullable String type(@Nullable Throwable thrown) {
		return (thrown != null) ? thrown.getClass().getName() : null;
	}

	private KeyValue create(TracedNats nats) throws Exception {
		nats.raw()
			.keyValueManagement()
			.create(KeyValueConfiguration.builder()
				.name(this.bucket)
				.storageType(StorageType.Memory)
				.maxHistoryPerKey(10)
				.build());
		return nats.raw().keyValue(this.bucket);
	}

	private Map<String, Object> expected(TracedNats nats, String name, String type) {
		Map<String, Object> expected = NatsAttributes.expected(nats, name, type);
		expected.put("messaging.destination.name", this.bucket);
		expected.put("messaging.nats.key_value.key", KEY);
		return expected;
	}

	private static void assertFailed(SpanData span, String errorType) {
		assertThat(NatsAttributes.of(span)).containsEntry("error.type", errorType);
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(span.getEvents()).hasSize(1);
	}

	private static Named<Access> named(String name, String type, boolean revision, Call call) {
		return Named.of(name, new Access(name, type, revision, call));
	}

	/**
	 * A call to a bucket.
	 *
	 * @param name its name
	 * @param type the type of the operation
	 * @param revision whether it returns one
	 * @param call the call
	 */
	record Access(String name, String type, boolean revision, Call call) {

	}

	/**
	 * A call.
	 */
	@FunctionalInterface
	interface Call {

		Object call(KeyValue bucket) throws Exception;

	}

	private record Seen(KeyValueEntry entry, SpanContext span) {

	}

	private static final class Watcher implements KeyValueWatcher {

		private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();

		private final BlockingQueue<Boolean> ends = new LinkedBlockingQueue<>();

		@Override
		public void watch(KeyValueEntry entry) {
			this.seen.add(new Seen(entry, Span.current().getSpanContext()));
		}

		@Override
		public void endOfData() {
			this.ends.add(Span.current().getSpanContext().isValid());
		}

	}

}
