// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.tracing.nats.Outcome.Application;
import io.tracing.testing.TracedNats;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Core NATS does with tracing what it does without, right or wrong: the same results and
 * the same exceptions, against a real server, each test once with a connection of jnats
 * and once with the traced one.
 */
class SameAsRawIntegrationTests {

	private static final byte[] BODY = "an order".getBytes(StandardCharsets.UTF_8);

	private static final Duration SHORT = Duration.ofMillis(50);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final MessageHandler IDLE = (message) -> {
	};

	@Test
	void handlerThatIsMissing() {
		Outcome.assertSame((application) -> {
			Connection connection = application.connection();
			application.call(() -> connection.createDispatcher().subscribe(application.name()));
			application.call(() -> connection.createDispatcher().subscribe(application.name(), "queue"));
			application.call(() -> connection.createDispatcher(null).subscribe(application.name()));
			application
				.call(() -> connection.createDispatcher().subscribe(application.name(), nullOf(MessageHandler.class)));
			application.call(() -> connection.createDispatcher(IDLE)
				.subscribe(application.name(), "queue", (MessageHandler) null));
			application.call(() -> connection.createDispatcher(IDLE).subscribe(nullOf(String.class)));
		});
	}

	@Test
	void dispatcherAndItsSubscriptions() {
		Outcome.assertSame((application) -> {
			Connection connection = application.connection();
			Dispatcher dispatcher = connection.createDispatcher(IDLE);
			Subscription subscription = dispatcher.subscribe(application.name(), IDLE);
			application.call(() -> subscription.getDispatcher().equals(dispatcher));
			application.call(() -> connection.createDispatcher().equals(dispatcher));
			application.call(() -> subscription.nextMessage(SHORT));
			application.call(() -> dispatcher.unsubscribe(subscription).equals(dispatcher));
			application.call(subscription::isActive);
			application.call(() -> dispatcher.unsubscribe(subscription));
			application.call(() -> dispatcher.unsubscribe(nullOf(Subscription.class)));
			application.call(() -> dispatcher.unsubscribe(nullOf(String.class)));
			application.call(() -> dispatcher.unsubscribe(application.name()).equals(dispatcher));
			Subscription other = connection.createDispatcher().subscribe(application.name(), IDLE);
			application.call(() -> dispatcher.unsubscribe(other));
			application.call(() -> dispatcher.unsubscribe(connection.subscribe(application.name())));
			application.run(() -> connection.closeDispatcher(dispatcher));
			application.call(dispatcher::isActive);
			application.run(() -> connection.closeDispatcher(dispatcher));
			application.call(() -> dispatcher.subscribe(application.name()));
			application.run(() -> connection.closeDispatcher(nullOf(Dispatcher.class)));
		});
	}

	@Test
	void dispatcherOfSomebodyElse() {
		Outcome.assertSame((application) -> {
			Connection connection = application.connection();
			Dispatcher foreign = application.nats().connect().createDispatcher(IDLE);
			application.run(() -> connection.closeDispatcher(foreign));
			Dispatcher invented = (Dispatcher) Proxy.newProxyInstance(Dispatcher.class.getClassLoader(),
					new Class<?>[] { Dispatcher.class }, (proxy, method, arguments) -> null);
			application.run(() -> connection.closeDispatcher(invented));
			application.call(() -> connection.createDispatcher(IDLE).unsubscribe(foreign.subscribe("a", IDLE)));
		});
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(
			strings = { "", " ", "a b", "a..b", ".a", "a.", "*", ">", "a.>.b", "$JS.API.INFO", "\u00fc\u20ac\uffff" })
	void subjectOfAnyKind(@Nullable String subject) {
		Outcome.assertSame((application) -> {
			Connection connection = application.connection();
			Headers headers = new Headers().put("tenant", "acme");
			application.run(() -> connection.publish(subject, BODY));
			application.run(() -> connection.publish(subject, headers, BODY));
			application.run(() -> connection.publish(subject, application.name(), BODY));
			application.run(() -> connection.publish(subject, application.name(), headers, BODY));
			application.run(() -> connection.publish(application.name(), subject, BODY));
			application.run(() -> connection.publish(application.name(), subject, headers, BODY));
			application.run(() -> connection.publish(new NatsMessage(subject, application.name(), headers, BODY)));
			application.call(() -> connection.request(subject, BODY, SHORT) != null);
			application.call(() -> connection.request(subject, headers, BODY, SHORT) != null);
			application.call(() -> connection.request(subject, BODY) != null);
			application.call(() -> connection.requestWithTimeout(subject, headers, BODY, SHORT) != null);
			application.call(() -> connection.subscribe(subject).getSubject());
			application.call(() -> connection.createDispatcher(IDLE).subscribe(subject).isActive());
			application.call(() -> connection.getStatus());
		});
	}

	@Test
	void nullsOfAllKinds() {
		Outcome.assertSame((application) -> {
			Connection connection = application.connection();
			Subscription subscription = connection.subscribe(application.name());
			application.run(() -> connection.publish(application.name(), null));
			application.run(() -> connection.publish(application.name(), nullOf(Headers.class), null));
			application.run(() -> connection.publish(application.name(), nullOf(String.class), BODY));
			application.run(() -> connection.publish(application.name(), null, null, BODY));
			application.run(() -> connection.publish(application.name(), new Headers(), BODY));
			application.run(() -> connection.publish(new NatsMessage(application.name(), null, null, null)));
			application.run(() -> connection.publish(nullOf(Message.class)));
			application.call(() -> connection.request(nullOf(Message.class), SHORT));
			application.call(() -> connection.request(nullOf(Message.class)));
			application.call(() -> connection.requestWithTimeout(nullOf(Message.class), SHORT));
			for (int i = 0; i < 6; i++) {
				application.call(() -> subscription.nextMessage(PATIENCE));
			}
			application.call(() -> subscription.nextMessage(1));
		});
	}

	@Test
	void requestsThatFail() {
		Outcome.assertSame((application) -> {
			Connection connection = application.connection();
			AtomicInteger asked = new AtomicInteger();
			connection.createDispatcher((message) -> asked.incrementAndGet()).subscribe(application.name());
			application.call(() -> connection.request(application.name() + ".nobody", BODY, PATIENCE));
			application.call(() -> connection.request(application.name() + ".nobody", BODY).get());
			application.call(() -> connection.request(application.name(), BODY, SHORT));
			application.call(() -> connection.request(application.name(), new Headers(), BODY, SHORT));
			application
				.call(() -> connection.request(NatsMessage.builder().subject(application.name()).build(), SHORT));
			application.call(() -> connection.request(application.name(), BODY, Duration.ZERO));
			application.call(() -> connection.request(application.name(), BODY, Duration.ofMillis(-1)));
			CompletableFuture<Message> cancelled = connection.request(application.name(), BODY);
			application.call(() -> cancelled.cancel(true));
			application.call(cancelled::get);
			CompletableFuture<Message> completed = connection.request(application.name(), BODY);
			application.call(() -> completed.completeExceptionally(new IllegalStateException("the user's")));
			application.call(completed::join);
			application
				.call(() -> connection.request(application.name(), BODY).orTimeout(50, TimeUnit.MILLISECONDS).join());
			// Each arrived once, no matter how it ended.
			Awaitility.await().atMost(PATIENCE).until(() -> asked.get() >= 8);
			application.call(() -> connection.request(application.name(), BODY, SHORT));
			application.note(asked.get());
		});
	}

	@Test
	void connectionThatWasClosed() {
		Outcome.assertSame((application) -> {
			Connection connection = application.connection();
			Subscription subscription = connection.subscribe(application.name());
			Dispatcher dispatcher = connection.createDispatcher(IDLE);
			CompletableFuture<Message> pending = connection.request(application.name(), BODY);
			connection.close();
			application.call(() -> pending.get(10, TimeUnit.SECONDS));
			application.run(() -> connection.publish(application.name(), BODY));
			application.run(() -> connection.publish(application.name(), new Headers().put("a", "b"), BODY));
			application.run(() -> connection.publish(application.name(), "a b", BODY));
			application.call(() -> connection.request(application.name(), BODY, SHORT));
			application.call(() -> connection.request(application.name(), BODY));
			application.call(() -> connection.requestWithTimeout(application.name(), BODY, SHORT));
			application.call(() -> subscription.nextMessage(SHORT));
			application.call(() -> connection.subscribe(application.name()));
			application.call(() -> connection.createDispatcher(IDLE));
			application.call(() -> dispatcher.subscribe(application.name()));
			application.call(() -> connection.drain(SHORT).get());
			application.run(() -> connection.flush(SHORT));
			application.call(() -> connection.jetStream().publish(application.name(), BODY));
			application.call(() -> connection.jetStream().publishAsync(application.name(), BODY));
			application.call(() -> connection.keyValue("bucket").get("key"));
			application.run(connection::close);
			application.call(connection::getStatus);
		});
	}

	@Test
	void connectionThatIsDrained() {
		Outcome.assertSame((application) -> {
			Connection connection = application.connection();
			CountDownLatch draining = new CountDownLatch(1);
			CountDownLatch handled = new CountDownLatch(20);
			Connection other = application.nats().connect();
			Subscription answers = other.subscribe(application.name() + ".answer");
			other.flush(PATIENCE);
			connection.createDispatcher((message) -> {
				draining.await();
				message.getConnection().publish(application.name() + ".answer", message.getData());
				handled.countDown();
			}).subscribe(application.name());
			connection.flush(PATIENCE);
			for (int i = 0; i < 20; i++) {
				connection.publish(application.name(), Integer.toString(i).getBytes(StandardCharsets.UTF_8));
			}
			connection.flush(PATIENCE);
			CompletableFuture<Boolean> drained = connection.drain(PATIENCE);
			application.run(() -> connection.publish(application.name() + ".answer", BODY));
			application.call(() -> connection.request(application.name(), BODY, SHORT));
			application.call(() -> connection.request(application.name(), BODY));
			application.call(() -> connection.subscribe(application.name()));
			application.call(() -> connection.createDispatcher(IDLE));
			draining.countDown();
			application.call(() -> drained.get(10, TimeUnit.SECONDS));
			application.call(handled::getCount);
			for (int i = 0; i < 21; i++) {
				application.call(() -> answers.nextMessage(PATIENCE));
			}
			application.run(() -> connection.publish(application.name(), BODY));
			application.call(connection::getStatus);
		});
	}

	@Test
	void dispatcherThatIsDrainedWithMessagesInItsQueue() {
		Outcome.assertSame((application) -> {
			CountDownLatch draining = new CountDownLatch(1);
			AtomicInteger handled = new AtomicInteger();
			Dispatcher dispatcher = application.connection().createDispatcher((message) -> {
				draining.await();
				handled.incrementAndGet();
			}).subscribe(application.name());
			for (int i = 0; i < 50; i++) {
				application.connection().publish(application.name(), BODY);
			}
			application.connection().flush(PATIENCE);
			CompletableFuture<Boolean> drained = dispatcher.drain(PATIENCE);
			draining.countDown();
			application.call(() -> drained.get(10, TimeUnit.SECONDS));
			Awaitility.await().atMost(PATIENCE).until(() -> handled.get() == 50);
			application.call(dispatcher::isActive);
		});
	}

	@Test
	void coreMessageAndItsSettlement() {
		Outcome.assertSame((application) -> {
			Connection connection = application.connection();
			Subscription subscription = connection.subscribe(application.name());
			Headers headers = new Headers(new Headers().put("tenant", "acme"), true);
			connection.publish(application.name(), "reply", headers, BODY);
			Message message = subscription.nextMessage(PATIENCE);
			application.note(message);
			application.call(message::getReplyTo);
			application.call(message::isJetStream);
			application.call(message::metaData);
			application.run(message::ack);
			application.run(message::nak);
			application.run(() -> message.nakWithDelay(SHORT));
			application.run(() -> message.nakWithDelay(nullOf(Duration.class)));
			application.run(message::term);
			application.run(message::inProgress);
			application.run(() -> message.ackSync(SHORT));
			application.call(message::lastAck);
			application.call(() -> message.getSubscription().equals(subscription));
			application.call(() -> message.getConnection() == connection);
			application.call(() -> new NatsMessage(message).getHeaders());
			connection.publish(message);
			application.call(() -> subscription.nextMessage(PATIENCE));
			application.call(() -> connection.request(message, SHORT));
			application.call(() -> headers.keySet().toString());
		});
	}

	@Test
	void handlerThatThrowsTellsTheErrorListener() {
		List<Exception> heard = new CopyOnWriteArrayList<>();
		Outcome.assertSame(TracedNats.builder().options((options) -> options.errorListener(new ErrorListener() {

			@Override
			public void exceptionOccurred(Connection connection, Exception ex) {
				heard.add(ex);
			}

		})), (application) -> {
			heard.clear();
			failing(application);
			Awaitility.await().atMost(PATIENCE).until(() -> heard.size() == 2);
			application.note(List.copyOf(heard));
		});
	}

	private static void failing(Application application) {
		Dispatcher dispatcher = application.connection().createDispatcher((message) -> {
			throw new IllegalArgumentException(new String(message.getData(), StandardCharsets.UTF_8));
		}).subscribe(application.name());
		application.connection().publish(application.name(), BODY);
		application.connection().publish(application.name(), BODY);
		application.call(dispatcher::isActive);
	}

	private static <T> T nullOf(Class<T> type) {
		return type.cast(null);
	}

}
