// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import org.jspecify.annotations.Nullable;

/**
 * Passes every call on to a Kafka client. A JDK proxy rather than a class: the clients'
 * interfaces gain methods with nearly every Kafka release, and a class that was compiled
 * before them fails with {@link AbstractMethodError}, or hides the client's own version
 * of a default method.
 *
 * @param <C> the interface of the client
 */
abstract class ClientProxy<C> implements InvocationHandler {

	final C delegate;

	ClientProxy(C delegate) {
		this.delegate = delegate;
	}

	static boolean isOne(Object client) {
		return Proxy.isProxyClass(client.getClass()) && Proxy.getInvocationHandler(client) instanceof ClientProxy;
	}

	@SuppressWarnings("unchecked")
	final C as(Class<? super C> type) {
		return (C) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, this);
	}

	@Override
	public final @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
		if (method.getDeclaringClass() != Object.class) {
			return invoke(method, arguments);
		}
		return switch (method.getName()) {
			case "equals" -> arguments != null && proxy == arguments[0];
			case "hashCode" -> System.identityHashCode(proxy);
			default -> "traced " + this.delegate;
		};
	}

	/**
	 * A method of the client's interface was called.
	 */
	abstract @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable;

	final @Nullable Object proceed(Method method, Object @Nullable [] arguments) throws Throwable {
		try {
			return method.invoke(this.delegate, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
