// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.ServerInfo;
import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;

import org.springframework.objenesis.ObjenesisStd;

/**
 * Makes an object of any type of jnats, without a server: a new one each time, so that
 * identity tells whether it arrived.
 */
final class JnatsValues {

	static final ServerInfo SERVER = new ServerInfo(
			"INFO {\"server_id\":\"S\",\"headers\":true,\"max_payload\":1048576,\"client_id\":7}");

	private static final String DELIVERY = "$JS.ACK.ORDERS.billing.1.2.3.1700000000000000000.0";

	private static final Map<Class<?>, Supplier<Object>> VALUES = Map.ofEntries(Map.entry(boolean.class, () -> false),
			Map.entry(int.class, () -> 42), Map.entry(long.class, () -> 42L), Map.entry(String.class, () -> "orders"),
			Map.entry(Duration.class, () -> Duration.ofMillis(42)), Map.entry(ZonedDateTime.class, ZonedDateTime::now),
			Map.entry(Number.class, () -> 42), Map.entry(File.class, () -> new File("orders")),
			Map.entry(InputStream.class, () -> new ByteArrayInputStream(new byte[0])),
			Map.entry(OutputStream.class, ByteArrayOutputStream::new), Map.entry(List.class, JnatsValues::messages),
			Map.entry(Iterator.class, () -> messages().iterator()),
			Map.entry(CompletableFuture.class, CompletableFuture::new), Map.entry(ServerInfo.class, () -> SERVER),
			Map.entry(OrderedConsumerConfiguration.class, OrderedConsumerConfiguration::new),
			Map.entry(PullSubscribeOptions.class, () -> PullSubscribeOptions.builder().durable("billing").build()),
			Map.entry(PushSubscribeOptions.class, () -> PushSubscribeOptions.builder().build()),
			Map.entry(PublishOptions.class, () -> PublishOptions.builder().build()),
			Map.entry(Options.class, () -> Options.builder().build()),
			Map.entry(Headers.class, () -> new Headers().put("tenant", "acme")));

	private JnatsValues() {
	}

	static Object of(Class<?> type) {
		Supplier<Object> value = VALUES.get(type);
		if (value != null) {
			return value.get();
		}
		if (type.isArray()) {
			return Array.newInstance(type.getComponentType(), 0);
		}
		if (type.isEnum()) {
			return type.getEnumConstants()[0];
		}
		if (type.isInterface()) {
			return proxy(type, (proxy, method, arguments) -> answer(type, method.getName(), method.getReturnType()));
		}
		return new ObjenesisStd().newInstance(type);
	}

	/**
	 * An object of an interface, whose methods of {@link Object} need not be handled.
	 */
	static Object proxy(Class<?> type, InvocationHandler handler) {
		return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> switch (method.getName()) {
					case "hashCode" -> System.identityHashCode(proxy);
					case "equals" -> proxy == arguments[0];
					case "toString" -> type.getSimpleName();
					default -> handler.invoke(proxy, method, arguments);
				});
	}

	/**
	 * What an object answers that is asked something on the way.
	 */
	static @Nullable Object answer(Class<?> type, String method, Class<?> result) {
		if (type == Message.class) {
			switch (method) {
				case "isJetStream":
					return true;
				case "getReplyTo":
					return DELIVERY;
				default:
			}
		}
		return (VALUES.containsKey(result) || result.isArray()) ? of(result) : null;
	}

	private static List<Object> messages() {
		return new ArrayList<>(List.of(of(Message.class), of(Message.class)));
	}

}
