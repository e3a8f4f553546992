// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.ConsumeOptions;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.FetchConsumer;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStream;
import io.nats.client.JetStreamOptions;
import io.nats.client.JetStreamReader;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.MessageHandler;
import io.nats.client.ObjectStore;
import io.nats.client.PublishOptions;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.StreamContext;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StorageType;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.tracing.nats.Outcome.Application;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * JetStream does with tracing what it does without, right or wrong: the same results and
 * the same exceptions, against a real server, each test once with a connection of jnats
 * and once with the traced one.
 */
class JetStreamSameAsRawIntegrationTests {

	private static final byte[] BODY = "an order".getBytes(StandardCharsets.UTF_8);

	private static final Duration SHORT = Duration.ofMillis(50);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@Test
	void publishing() {
		Outcome.assertSame((application) -> {
			JetStream jetStream = stream(application);
			String subject = application.name() + ".created";
			Headers headers = new Headers(new Headers().put("tenant", "acme"), true);
			PublishOptions options = PublishOptions.builder().messageId("1").expectedStream(application.name()).build();
			call(application, () -> jetStream.publish(subject, BODY));
			call(application, () -> jetStream.publish(subject, headers, BODY));
			call(application, () -> jetStream.publish(subject, BODY, options));
			call(application, () -> jetStream.publish(subject, headers, BODY, options));
			call(application, () -> jetStream.publish(new NatsMessage(subject, null, headers, null)));
			call(application, () -> jetStream.publish(new NatsMessage(subject, null, null, BODY), null));
			call(application, () -> jetStream.publishAsync(subject, BODY).get());
			call(application, () -> jetStream.publishAsync(subject, headers, null, options).get());
			call(application, () -> jetStream.publish((Message) null));
			application.call(() -> jetStream.publishAsync((Message) null, options));
			call(application, () -> jetStream.publish(null, BODY));
			application.call(() -> jetStream.publishAsync("a b", BODY));
			call(application, () -> jetStream.publish("nobody." + subject, BODY));
			call(application, () -> jetStream.publishAsync("nobody." + subject, BODY).get());
			PublishOptions wrong = PublishOptions.builder().expectedLastSequence(77).build();
			call(application, () -> jetStream.publish(subject, BODY, wrong));
			call(application, () -> jetStream.publishAsync(subject, BODY, wrong).join());
			JetStream noAck = application.connection().jetStream(JetStreamOptions.builder().publishNoAck(true).build());
			call(application, () -> noAck.publish(subject, BODY));
			application.call(() -> noAck.publishAsync(subject, BODY));
			CompletableFuture<PublishAck> cancelled = jetStream.publishAsync("nobody." + subject, BODY);
			application.call(() -> cancelled.cancel(true) == cancelled.isCancelled());
		});
	}

	@Test
	void dispatchersPassedBack() {
		Outcome.assertSame((application) -> {
			JetStream jetStream = stream(application);
			Connection connection = application.connection();
			String subject = application.name() + ".created";
			BlockingQueue<Message> handled = new LinkedBlockingQueue<>();
			MessageHandler handler = handled::add;
			jetStream.publish(subject, BODY);
			Dispatcher dispatcher = connection.createDispatcher();
			List<JetStreamSubscription> subscriptions = new ArrayList<>();
			application.run(() -> subscriptions.add(jetStream.subscribe(subject, dispatcher, handler, true)));
			application.call(() -> handled.poll(10, TimeUnit.SECONDS));
			application.run(() -> subscriptions
				.add(jetStream.subscribe(subject, dispatcher, handler, false, PushSubscribeOptions.builder().build())));
			application.call(() -> handled.poll(10, TimeUnit.SECONDS));
			application.run(() -> subscriptions.add(jetStream.subscribe(subject, "queue", dispatcher, handler, true,
					PushSubscribeOptions.builder().build())));
			application.call(() -> handled.poll(10, TimeUnit.SECONDS));
			application.run(() -> {
				JetStreamSubscription pull = jetStream.subscribe(subject, dispatcher, handler,
						PullSubscribeOptions.builder().durable("pull").build());
				subscriptions.add(pull);
				pull.pull(1);
			});
			application.call(() -> handled.poll(10, TimeUnit.SECONDS));
			for (JetStreamSubscription subscription : subscriptions) {
				application.call(() -> subscription.getDispatcher().equals(dispatcher));
				application.call(() -> dispatcher.unsubscribe(subscription).equals(dispatcher));
				application.call(subscription::isActive);
			}
			Dispatcher foreign = application.nats().connect().createDispatcher();
			application.call(() -> jetStream.subscribe(subject, foreign, handler, true).isActive());
			application.call(() -> jetStream.subscribe(subject, (Dispatcher) null, handler, true));
			application.call(() -> jetStream.subscribe(subject, dispatcher, null, true));
			application.call(() -> jetStream.subscribe("nobody", dispatcher, handler, true));
			application.run(() -> connection.closeDispatcher(dispatcher));
		});
	}

	@Test
	void consuming() {
		Outcome.assertSame((application) -> {
			JetStream jetStream = stream(application);
			StreamContext stream = application.connection().getStreamContext(application.name());
			ConsumerContext consumer = stream
				.createOrUpdateConsumer(ConsumerConfiguration.builder().durable("billing").build());
			BlockingQueue<Message> handled = new LinkedBlockingQueue<>();
			MessageHandler handler = handled::add;
			Dispatcher dispatcher = application.connection().createDispatcher();
			for (int i = 0; i < 4; i++) {
				MessageConsumer consuming = consume(consumer, i, dispatcher, handler);
				jetStream.publish(application.name() + ".created", BODY);
				application.call(() -> handled.poll(10, TimeUnit.SECONDS));
				application.call(consuming::getConsumerName);
				consuming.close();
				application.call(consuming::isStopped);
			}
			application.call(() -> consumer.consume((MessageHandler) null));
			application.call(() -> consumer.consume((Dispatcher) null, handler).isStopped());
			application.call(() -> stream.getConsumerContext("nobody"));
			application.call(() -> application.connection().getStreamContext("nobody"));
			application.call(() -> stream.getLastMessage(application.name() + ".created").getSeq());
		});
	}

	private static MessageConsumer consume(ConsumerContext consumer, int way, Dispatcher dispatcher,
			MessageHandler handler) throws Exception {
		ConsumeOptions options = ConsumeOptions.builder().batchSize(10).build();
		return switch (way) {
			case 0 -> consumer.consume(handler);
			case 1 -> consumer.consume(dispatcher, handler);
			case 2 -> consumer.consume(options, handler);
			default -> consumer.consume(options, dispatcher, handler);
		};
	}

	@Test
	void pulling() {
		Outcome.assertSame((application) -> {
			JetStream jetStream = stream(application);
			String subject = application.name() + ".created";
			JetStreamSubscription subscription = jetStream.subscribe(subject,
					PullSubscribeOptions.builder().durable("pull").build());
			application.call(() -> subscription.fetch(2, SHORT));
			application.call(() -> subscription.iterate(1, SHORT).hasNext());
			application.call(() -> subscription.iterate(1, SHORT).next());
			publish(jetStream, subject, 8);
			application.call(() -> subscription.fetch(2, PATIENCE));
			Iterator<Message> iterator = subscription.iterate(2, PATIENCE);
			application.call(iterator::next);
			application.call(iterator::hasNext);
			application.call(iterator::next);
			application.call(iterator::next);
			application.call(iterator::hasNext);
			application.run(iterator::remove);
			JetStreamReader reader = subscription.reader(2, 1);
			application.call(() -> reader.nextMessage(PATIENCE));
			reader.stop();
			application.call(() -> subscription.fetch(0, SHORT));
			application.call(() -> subscription.fetch(-1, SHORT));
			application.call(() -> subscription.fetch(1, nullOf(Duration.class)));
			application.run(() -> subscription.pull(-1));
			application.call(subscription::getConsumerName);
			application.run(subscription::unsubscribe);
			application.call(() -> subscription.fetch(1, SHORT));
			application.call(() -> subscription.nextMessage(SHORT));
			application.run(subscription::unsubscribe);
		});
	}

	@Test
	void pullingFromContexts() {
		Outcome.assertSame((application) -> {
			JetStream jetStream = stream(application);
			publish(jetStream, application.name() + ".created", 6);
			StreamContext stream = application.connection().getStreamContext(application.name());
			ConsumerContext consumer = stream
				.createOrUpdateConsumer(ConsumerConfiguration.builder().durable("billing").build());
			application.call(() -> consumer.next(Duration.ofSeconds(1)));
			application.call(() -> consumer.next(Duration.ofMillis(1)));
			application.call(() -> consumer.next(5));
			FetchConsumer fetch = consumer.fetchMessages(2);
			application.call(fetch::nextMessage);
			application.call(fetch::nextMessage);
			application.call(fetch::nextMessage);
			application.call(fetch::isFinished);
			IterableConsumer iterable = consumer.iterate();
			application.call(() -> iterable.nextMessage(PATIENCE));
			iterable.stop();
			application.call(
					() -> stream.createOrderedConsumer(new OrderedConsumerConfiguration()).next(Duration.ofSeconds(1)));
			application.call(() -> stream.deleteConsumer("billing"));
			application.call(() -> consumer.getConsumerInfo().getName());
		});
	}

	@Test
	void settling() {
		Outcome.assertSame((application) -> {
			JetStream jetStream = stream(application);
			String subject = application.name() + ".created";
			publish(jetStream, subject, 1);
			JetStreamSubscription subscription = jetStream.subscribe(subject,
					PullSubscribeOptions.builder().durable("pull").build());
			Message first = subscription.fetch(1, PATIENCE).get(0);
			application.run(first::inProgress);
			application.run(first::nak);
			application.run(first::ack);
			application.call(first::lastAck);
			Message second = subscription.fetch(1, PATIENCE).get(0);
			application.call(() -> second.metaData().deliveredCount());
			application.call(() -> second.getSubscription().equals(subscription));
			application.call(() -> second.getConnection() == application.connection());
			application.run(() -> second.nakWithDelay(nullOf(Duration.class)));
			second.nak();
			Message third = subscription.fetch(1, PATIENCE).get(0);
			application.run(() -> third.ackSync(PATIENCE));
			application.run(() -> third.ackSync(SHORT));
			application.run(third::term);
			application.call(third::lastAck);
			application.call(() -> third.equals(third));
			application.call(() -> third.equals(second));
			application.call(() -> subscription.getConsumerInfo().getNumAckPending());
		});
	}

	@Test
	void buckets() {
		Outcome.assertSame((application) -> {
			Connection connection = application.connection();
			connection.keyValueManagement()
				.create(KeyValueConfiguration.builder()
					.name(application.name())
					.maxHistoryPerKey(3)
					.storageType(StorageType.Memory)
					.build());
			KeyValue bucket = connection.keyValue(application.name());
			application.call(() -> bucket.get("missing"));
			application.call(() -> bucket.put("key", BODY));
			application.call(() -> bucket.create("key", BODY));
			application.call(() -> bucket.update("key", "text", 77));
			application.call(() -> bucket.update("key", "text", 1));
			application.call(() -> bucket.get("key").getValueAsString());
			application.call(() -> bucket.get("key", 1).getRevision());
			application.call(() -> bucket.put("not a key", BODY));
			application.call(() -> bucket.put(null, BODY));
			application.call(() -> bucket.get(null));
			application.call(bucket::keys);
			application.call(() -> bucket.history("key").size());
			application.run(() -> bucket.delete("key", 77));
			application.run(() -> bucket.delete("key"));
			application.run(() -> bucket.purge("key"));
			application.call(() -> connection.keyValue("nobody").get("key"));
			connection.objectStoreManagement()
				.create(ObjectStoreConfiguration.builder(application.name()).storageType(StorageType.Memory).build());
			ObjectStore store = connection.objectStore(application.name());
			application.call(() -> store.put("object", new byte[200_000]).getChunks());
			application.call(() -> store.get("missing", OutputStream.nullOutputStream()));
			application.call(() -> store.get("object", OutputStream.nullOutputStream()).getSize());
			application.call(() -> store.addBucketLink("link", store).isLink());
			application.call(() -> store.addLink("object", store.getInfo("object")));
			application.call(() -> store.put(null, BODY));
			application.call(() -> store.delete("object").isDeleted());
			application.call(() -> store.seal().isSealed());
			application.call(() -> store.put("object", BODY));
		});
	}

	private static JetStream stream(Application application) throws Exception {
		application.nats().createStream(application.name());
		return application.connection().jetStream();
	}

	private static void publish(JetStream jetStream, String subject, int messages) throws Exception {
		for (int i = 0; i < messages; i++) {
			jetStream.publish(subject, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
		}
	}

	private static void call(Application application, Callable<@Nullable PublishAck> publish) {
		application.call(() -> {
			PublishAck ack = publish.call();
			return (ack != null) ? ack.getStream() + " " + ack.getSeqno() + " " + ack.isDuplicate() : null;
		});
	}

	private static <T> T nullOf(Class<T> type) {
		return type.cast(null);
	}

}
