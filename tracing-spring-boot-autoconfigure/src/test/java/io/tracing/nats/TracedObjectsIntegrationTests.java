// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.StreamContext;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.impl.NatsMessage;
import io.opentelemetry.api.OpenTelemetry;
import io.tracing.messaging.ClientProxy;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Objects of a traced connection behave like those of jnats: they are equal to
 * themselves, lead back to where they come from, and give out the object of jnats to
 * whoever asks; against a real server.
 */
class TracedObjectsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String name = NatsServer.newName("objects");

	@Test
	void everythingThatIsHandedOutIsTracedAndCanBeUnwrapped() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			everything(nats).forEach((what, object) -> {
				assertThat(ClientProxy.isOne(object)).as(what).isTrue();
				Object raw = NatsTracing.unwrap(object);
				assertThat(ClientProxy.isOne(raw)).as(what).isFalse();
				assertThat(raw.getClass().getName()).as(what).startsWith("io.nats.client.impl.");
				assertThat(NatsTracing.unwrap(raw)).as(what).isSameAs(raw);
			});
		}
	}

	@Test
	void everythingIsEqualToItselfAndToNothingElse() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Map<String, Object> everything = everything(nats);
			everything.forEach((what, object) -> {
				assertThat(object.equals(object)).as(what).isTrue();
				assertThat(object.equals(null)).as(what).isFalse();
				assertThat(object.equals(new Object())).as(what).isFalse();
				assertThat(object).as(what).hasSameHashCodeAs(object);
				assertThat(object.toString()).as(what).isEqualTo("traced " + NatsTracing.unwrap(object));
				everything.forEach((other, another) -> assertThat(object.equals(another)).as(what + " and " + other)
					.isEqualTo(what.equals(other)));
			});
		}
	}

	@Test
	void messageLeadsBackToTheObjectsOfTheApplication() throws Exception {
		CompletableFuture<Message> received = new CompletableFuture<>();
		try (TracedNats nats = TracedNats.start()) {
			Dispatcher dispatcher = nats.connection().createDispatcher();
			Subscription subscription = dispatcher.subscribe(this.name, received::complete);
			nats.connection().publish(this.name, null);
			Message message = received.get(10, TimeUnit.SECONDS);
			assertThat(message.getConnection()).isSameAs(nats.connection());
			assertThat(message.getSubscription()).isEqualTo(subscription).hasSameHashCodeAs(subscription);
			assertThat(subscription.getDispatcher()).isEqualTo(dispatcher).hasSameHashCodeAs(dispatcher);
			Dispatcher same = message.getSubscription().getDispatcher();
			assertThat(same).isEqualTo(dispatcher);
			// What jnats takes by identity.
			dispatcher.unsubscribe(message.getSubscription());
			assertThat(subscription.isActive()).isFalse();
			nats.connection().closeDispatcher(same);
			assertThat(dispatcher.isActive()).isFalse();
		}
	}

	@Test
	void pulledMessageLeadsBackToTheObjectsOfTheApplication() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Subscription subscription = nats.connection().subscribe(this.name);
			nats.connection().publish(this.name, null);
			Message message = subscription.nextMessage(PATIENCE);
			assertThat(message.getConnection()).isSameAs(nats.connection());
			assertThat(message.getSubscription()).isEqualTo(subscription);
			assertThat(subscription.getDispatcher()).isNull();
			assertThat(new NatsMessage(message).getSubject()).isEqualTo(this.name);
			nats.connection().publish(message);
			assertThat(subscription.nextMessage(PATIENCE)).isNotNull();
		}
	}

	@Test
	void chainGoesOnWithTheSameObject() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Dispatcher dispatcher = nats.connection().createDispatcher((message) -> {
			});
			Subscription subscription = dispatcher.subscribe(this.name + ".one", (message) -> {
			});
			assertThat(dispatcher.subscribe(this.name + ".two")).isSameAs(dispatcher);
			assertThat(dispatcher.subscribe(this.name + ".three", "billing")).isSameAs(dispatcher);
			assertThat(dispatcher.unsubscribe(this.name + ".two")).isSameAs(dispatcher);
			assertThat(dispatcher.unsubscribe(this.name + ".three", 1)).isSameAs(dispatcher);
			assertThat(dispatcher.unsubscribe(subscription, 1)).isSameAs(dispatcher);
			Subscription taken = nats.connection().subscribe(this.name);
			assertThat(taken.unsubscribe(1)).isSameAs(taken);
		}
	}

	@Test
	void wrappingTwiceIsWrappingOnce() {
		try (TracedNats nats = TracedNats.start()) {
			assertThat(nats.tracing().wrap(nats.connection())).isSameAs(nats.connection());
			assertThat(nats.tracing().wrap(nats.raw())).isEqualTo(nats.connection());
			assertThat(NatsTracing.create(nats.sdk()).wrap(nats.connection())).isSameAs(nats.connection());
			assertThat(NatsTracing.unwrap(nats.connection())).isSameAs(nats.raw());
		}
	}

	@Test
	void withoutAnSdkNothingIsWrapped() {
		try (TracedNats nats = TracedNats.start()) {
			assertThat(NatsTracing.create(OpenTelemetry.noop()).wrap(nats.raw())).isSameAs(nats.raw());
		}
	}

	@Test
	void iteratorAndListsOfMessagesBehaveAsEver() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			nats.createStream(this.name);
			JetStreamSubscription subscription = nats.connection()
				.jetStream()
				.subscribe(this.name + ".*", PullSubscribeOptions.builder().durable("billing").build());
			for (int i = 0; i < 3; i++) {
				nats.raw().jetStream().publish(this.name + ".created", null);
			}
			List<Message> messages = subscription.fetch(2, PATIENCE);
			messages.remove(0);
			assertThat(messages).hasSize(1);
			assertThat(messages.get(0).metaData().streamSequence()).isEqualTo(2);
			Iterator<Message> iterator = subscription.iterate(1, PATIENCE);
			assertThat(iterator.hasNext()).isTrue();
			assertThat(iterator.hasNext()).isTrue();
			assertThat(iterator.next().metaData().streamSequence()).isEqualTo(3);
			assertThat(iterator.hasNext()).isFalse();
		}
	}

	/**
	 * An object of each kind, by what it is.
	 */
	private Map<String, Object> everything(TracedNats nats) throws Exception {
		Connection connection = nats.connection();
		nats.createStream(this.name);
		nats.createConsumer(this.name, ConsumerConfiguration.builder().durable("billing"));
		connection.keyValueManagement()
			.create(KeyValueConfiguration.builder().name(this.name).storageType(StorageType.Memory).build());
		connection.objectStoreManagement()
			.create(ObjectStoreConfiguration.builder(this.name).storageType(StorageType.Memory).build());
		nats.raw().jetStream().publish(this.name + ".created", null);
		JetStream jetStream = connection.jetStream();
		StreamContext stream = connection.getStreamContext(this.name);
		ConsumerContext consumer = stream.getConsumerContext("billing");
		OrderedConsumerContext ordered = stream.createOrderedConsumer(new OrderedConsumerConfiguration());
		JetStreamSubscription pull = jetStream.subscribe(this.name + ".*",
				PullSubscribeOptions.builder().durable("pulling").build());
		Map<String, Object> everything = new LinkedHashMap<>();
		everything.put("connection", connection);
		everything.put("dispatcher", connection.createDispatcher());
		everything.put("dispatcher with a handler", connection.createDispatcher((message) -> {
		}));
		everything.put("subscription", connection.subscribe(this.name));
		everything.put("subscription of a dispatcher", connection.createDispatcher().subscribe(this.name, (message) -> {
		}));
		everything.put("JetStream", jetStream);
		everything.put("JetStream of the management", connection.jetStreamManagement().jetStream());
		everything.put("management", connection.jetStreamManagement());
		everything.put("push subscription", jetStream.subscribe(this.name + ".*"));
		everything.put("pull subscription", pull);
		everything.put("message", pull.fetch(1, PATIENCE).get(0));
		everything.put("reader", pull.reader(2, 1));
		everything.put("stream context", stream);
		everything.put("consumer context", consumer);
		everything.put("ordered consumer context", ordered);
		everything.put("fetch consumer", consumer.fetch(FetchConsumeOptions.builder().maxMessages(1).noWait().build()));
		everything.put("iterable consumer", consumer.iterate());
		everything.put("key-value bucket", connection.keyValue(this.name));
		everything.put("object store", connection.objectStore(this.name));
		return everything;
	}

}
