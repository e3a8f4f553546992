// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.nats.client.ObjectStore;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.ObjectMeta;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.ObjectStoreWatcher;
import io.nats.client.api.StorageType;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Reads and writes an object store of a real server: one span for each call, however many
 * chunks jnats makes of it, and the objects that an untraced connection sees.
 */
class ObjectStoreIntegrationTests {

	private static final int SIZE = 300_000;

	private final String bucket = NatsServer.newName("objects");

	private final byte[] content = new byte[SIZE];

	ObjectStoreIntegrationTests() {
		Arrays.fill(this.content, (byte) 7);
	}

	@Test
	void putAndGetAreOneSpanEach() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			ObjectStore raw = create(nats);
			ObjectStore store = nats.connection().objectStore(this.bucket);
			store.put("invoice", this.content);
			assertThat(get(raw)).isEqualTo(this.content);
			assertThat(get(store)).isEqualTo(this.content);
			SpanData put = nats.spans().await("put " + this.bucket);
			SpanData get = nats.spans().await("get " + this.bucket);
			assertThat(NatsAttributes.of(put)).isEqualTo(expected(nats, "put", "send"));
			assertThat(NatsAttributes.of(get)).isEqualTo(expected(nats, "get", "receive"));
			assertThat(List.of(put.getKind(), get.getKind())).containsOnly(SpanKind.CLIENT);
			assertThat(nats.spans().ended()).hasSize(2);
			assertThat(raw.getInfo("invoice").getHeaders().isEmpty()).isTrue();
		}
	}

	@Test
	void eachWayToPutIsOneSpan(@TempDir Path folder) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			create(nats);
			ObjectStore store = nats.connection().objectStore(this.bucket);
			store.put("invoice", new ByteArrayInputStream(this.content));
			store.put(ObjectMeta.objectName("invoice"), new ByteArrayInputStream(this.content));
			store.put(Files.write(folder.resolve("invoice"), this.content).toFile());
			assertThat(nats.spans().await("put " + this.bucket, 3))
				.allSatisfy((span) -> assertThat(NatsAttributes.of(span)).isEqualTo(expected(nats, "put", "send")));
			assertThat(nats.spans().ended()).hasSize(3);
		}
	}

	@Test
	void deleteAndUpdatesAreOneSpanEach() throws Exception {
		String another = NatsServer.newName("objects");
		try (TracedNats nats = TracedNats.start()) {
			create(nats).put("invoice", this.content);
			ObjectStore store = nats.connection().objectStore(this.bucket);
			nats.raw()
				.objectStoreManagement()
				.create(ObjectStoreConfiguration.builder(another).storageType(StorageType.Memory).build());
			ObjectInfo invoice = store.getInfo("invoice");
			store.updateMeta("invoice", ObjectMeta.builder("invoice").description("paid").build());
			store.addLink("same", invoice);
			store.addBucketLink("elsewhere", nats.connection().objectStore(another));
			store.delete("invoice");
			store.seal();
			List<SpanData> updates = nats.spans().await("update " + this.bucket, 4);
			assertThat(updates).extracting((span) -> NatsAttributes.of(span).get("messaging.nats.object.name"))
				.containsExactly("invoice", "same", "elsewhere", null);
			assertThat(NatsAttributes.of(nats.spans().await("delete " + this.bucket)))
				.containsEntry("messaging.nats.object.name", "invoice")
				.containsEntry("messaging.operation.type", "send");
			assertThat(nats.spans().ended()).hasSize(5).extracting(SpanData::getKind).containsOnly(SpanKind.CLIENT);
		}
	}

	@Test
	void callsThatMoveNoObjectMakeNoSpan() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			create(nats).put("invoice", this.content);
			ObjectStore store = nats.connection().objectStore(this.bucket);
			assertThat(store.getInfo("invoice").getSize()).isEqualTo(SIZE);
			assertThat(store.getInfo("missing", true)).isNull();
			assertThat(store.getList()).hasSize(1);
			assertThat(store.getStatus().getBucketName()).isEqualTo(this.bucket);
			nats.flush();
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	@Test
	void failureIsThatOfTheUntracedCall() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			ObjectStore raw = create(nats);
			ObjectStore store = nats.connection().objectStore(this.bucket);
			assertThatThrownBy(() -> get(raw)).isInstanceOf(IllegalArgumentException.class);
			assertThatThrownBy(() -> get(store)).isInstanceOf(IllegalArgumentException.class);
			SpanData span = nats.spans().await("get " + this.bucket);
			assertThat(NatsAttributes.of(span)).containsEntry("error.type", "java.lang.IllegalArgumentException");
			assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(span.getEvents()).hasSize(1);
		}
	}

	@Test
	void watcherRunsInAProcessSpan() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			create(nats);
			ObjectStore store = nats.connection().objectStore(this.bucket);
			BlockingQueue<String> seen = new LinkedBlockingQueue<>();
			store.watch(new ObjectStoreWatcher() {

				@Override
				public void watch(ObjectInfo info) {
					seen.add(Span.current().getSpanContext().getSpanId());
				}

				@Override
				public void endOfData() {
				}

			});
			store.put("invoice", this.content);
			SpanData process = nats.spans().await("process " + this.bucket);
			assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(process.getSpanId());
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getParentSpanContext().isValid()).isFalse();
			assertThat(NatsAttributes.of(process)).containsEntry("messaging.nats.object.name", "invoice");
		}
	}

	private ObjectStore create(TracedNats nats) throws Exception {
		nats.raw()
			.objectStoreManagement()
			.create(ObjectStoreConfiguration.builder(this.bucket).storageType(StorageType.Memory).build());
		return nats.raw().objectStore(this.bucket);
	}

	private byte[] get(ObjectStore store) throws Exception {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		store.get("invoice", out);
		return out.toByteArray();
	}

	private Map<String, Object> expected(TracedNats nats, String name, String type) {
		Map<String, Object> expected = NatsAttributes.expected(nats, name, type);
		expected.put("messaging.destination.name", this.bucket);
		expected.put("messaging.nats.object.name", "invoice");
		expected.put("messaging.message.body.size", (long) SIZE);
		expected.put("messaging.nats.object.chunks", 3L);
		return expected;
	}

}
