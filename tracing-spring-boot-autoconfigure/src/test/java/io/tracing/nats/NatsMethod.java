// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.FetchConsumer;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamReader;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.ObjectStore;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.StreamContext;
import io.nats.client.Subscription;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.api.ObjectStoreWatcher;

/**
 * A method of jnats that goes through a proxy of ours, and what tracing does with it, as
 * {@code nats-methods.tsv} says.
 *
 * @param type the interface
 * @param method the method
 * @param kind what tracing does
 */
record NatsMethod(Class<?> type, Method method, Kind kind) {

	/** All interfaces that a traced connection hands out proxies of. */
	static final List<Class<?>> PROXIED = List.of(Connection.class, Dispatcher.class, Subscription.class,
			JetStream.class, JetStreamManagement.class, JetStreamSubscription.class, JetStreamReader.class,
			StreamContext.class, ConsumerContext.class, OrderedConsumerContext.class, FetchConsumer.class,
			IterableConsumer.class, KeyValue.class, ObjectStore.class, Message.class, KeyValueWatcher.class,
			ObjectStoreWatcher.class);

	/**
	 * What tracing does with a call.
	 */
	enum Kind {

		/** Sends a message in a span, with its context. */
		SENDS,

		/** Is a span. */
		CALLS,

		/** Returns messages, wrapped, in a span. */
		RECEIVES,

		/** Returns an iterator whose messages have spans. */
		ITERATES,

		/** Settles a message in a span. */
		SETTLES,

		/** Takes a handler, which runs in spans. */
		HANDLES,

		/** Returns something that is wrapped. */
		WRAPS,

		/** Is none of the business of tracing. */
		PASSES

	}

	/**
	 * The methods that the file tells about, by their signature.
	 */
	static Map<String, Kind> table() {
		try (BufferedReader reader = new BufferedReader(
				new InputStreamReader(Objects.requireNonNull(NatsMethod.class.getResourceAsStream("/nats-methods.tsv")),
						StandardCharsets.UTF_8))) {
			return reader.lines()
				.skip(1)
				.map((line) -> line.split("\t"))
				.collect(Collectors.toMap((cells) -> cells[0], (cells) -> Kind.valueOf(cells[1].toUpperCase())));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The methods that there are.
	 */
	static Stream<String> signatures() {
		return PROXIED.stream().flatMap((type) -> methods(type).map((method) -> signature(type, method)));
	}

	/**
	 * The methods that there are, as far as the file tells about them.
	 */
	static List<NatsMethod> all() {
		Map<String, Kind> table = table();
		return PROXIED.stream()
			.flatMap((type) -> methods(type).filter((method) -> table.containsKey(signature(type, method)))
				.map((method) -> new NatsMethod(type, method, table.get(signature(type, method)))))
			.toList();
	}

	private static Stream<Method> methods(Class<?> type) {
		return Arrays.stream(type.getMethods()).filter((method) -> !Modifier.isStatic(method.getModifiers()));
	}

	private static String signature(Class<?> type, Method method) {
		return type.getSimpleName() + "." + method.getName()
				+ Arrays.stream(method.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", "(", ")"));
	}

	boolean is(Kind... kinds) {
		return Arrays.asList(kinds).contains(this.kind);
	}

	@Override
	public String toString() {
		return signature(this.type, this.method) + " " + this.kind;
	}

}
