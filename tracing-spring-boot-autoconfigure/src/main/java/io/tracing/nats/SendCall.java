// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.nats.client.Message;
import io.nats.client.api.PublishAck;

/**
 * The calls that send a message, in all their overloads. An overload that a later jnats
 * adds is none of them, even if its arguments look familiar: what they mean nobody here
 * can know, so that it is passed on as it came.
 */
enum SendCall {

	/** To whoever subscribes. */
	PUBLISH("publish", void.class, "String byte[]", "String Headers byte[]", "String String byte[]",
			"String String Headers byte[]", "Message"),

	/** And wait for the reply. */
	REQUEST("request", Message.class, "String byte[] Duration", "String Headers byte[] Duration", "Message Duration"),

	/** And have the reply in a future. */
	REQUEST_ASYNC("request", CompletableFuture.class, "String byte[]", "String Headers byte[]", "Message"),

	/** The same, for so long. */
	REQUEST_WITH_TIMEOUT("requestWithTimeout", CompletableFuture.class, "String byte[] Duration",
			"String Headers byte[] Duration", "Message Duration"),

	/** To a stream. */
	STORE("publish", PublishAck.class, "String byte[]", "String Headers byte[]", "String byte[] PublishOptions",
			"String Headers byte[] PublishOptions", "Message", "Message PublishOptions"),

	/** To a stream, whose acknowledgment comes in a future. */
	STORE_ASYNC("publishAsync", CompletableFuture.class, STORE.overloads.toArray(String[]::new)),

	/** Any other call. */
	NONE("", Void.class);

	private static final Map<Method, SendCall> KNOWN = new ConcurrentHashMap<>();

	private final String method;

	private final Class<?> result;

	private final List<String> overloads;

	SendCall(String method, Class<?> result, String... overloads) {
		this.method = method;
		this.result = result;
		this.overloads = List.of(overloads);
	}

	static SendCall of(Method method) {
		SendCall known = KNOWN.get(method);
		return (known != null) ? known : KNOWN.computeIfAbsent(method, SendCall::find);
	}

	private static SendCall find(Method method) {
		String overload = Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(" "));
		return Arrays.stream(values())
			.filter((call) -> call.method.equals(method.getName()) && call.result == method.getReturnType()
					&& call.overloads.contains(overload))
			.findFirst()
			.orElse(NONE);
	}

}
