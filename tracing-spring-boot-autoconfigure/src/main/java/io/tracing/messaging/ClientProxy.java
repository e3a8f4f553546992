// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import org.jspecify.annotations.Nullable;

/**
 * Passes every call on to a broker's client. A JDK proxy rather than a class: the
 * clients' interfaces gain methods with nearly every release of Kafka and of jnats, and a
 * class that was compiled before them fails with {@link AbstractMethodError}, or hides
 * the client's own version of a default method.
 *
 * @param <C> the interface of the client
 */
public abstract class ClientProxy<C> implements InvocationHandler {

	/** The client that calls are passed on to. */
	protected final C delegate;

	/**
	 * Create a new instance.
	 * @param delegate the client that calls are passed on to
	 */
	protected ClientProxy(C delegate) {
		this.delegate = delegate;
	}

	/**
	 * Whether an object is such a proxy already.
	 * @param client the object
	 * @return whether it is one
	 */
	public static boolean isOne(@Nullable Object client) {
		return of(client) != null;
	}

	/**
	 * Take the client out of its proxy.
	 * @param client a proxy, or anything else
	 * @param <T> the type of the client
	 * @return the client, or what was given if it is no such proxy
	 */
	@SuppressWarnings("unchecked")
	public static <T> T unwrap(T client) {
		ClientProxy<?> proxy = of(client);
		return (proxy != null) ? (T) proxy.delegate : client;
	}

	/**
	 * What stands behind a proxy.
	 * @param client a proxy, or anything else
	 * @return what handles its calls, {@code null} if it is no such proxy
	 */
	protected static @Nullable ClientProxy<?> of(@Nullable Object client) {
		return (client instanceof Proxy && Proxy.getInvocationHandler(client) instanceof ClientProxy<?> proxy) ? proxy
				: null;
	}

	/**
	 * The client as the application gets to see it.
	 * @param type the interface of the client
	 * @return a new proxy
	 */
	@SuppressWarnings("unchecked")
	public final C as(Class<? super C> type) {
		return (C) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, this);
	}

	@Override
	public final @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
		if (method.getDeclaringClass() != Object.class) {
			return call(proxy, method, arguments);
		}
		return switch (method.getName()) {
			case "equals" -> arguments != null && (proxy == arguments[0] || isSame(of(arguments[0])));
			case "hashCode" -> System.identityHashCode(this.delegate);
			default -> "traced " + this.delegate;
		};
	}

	/**
	 * Whether another proxy counts as equal to this one.
	 * @param other the other proxy, if it is one
	 * @return {@code false}, unless overridden
	 */
	protected boolean isSame(@Nullable ClientProxy<?> other) {
		return false;
	}

	private @Nullable Object call(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
		Object result = invoke(method, arguments);
		// What a client returns for the next call in a chain.
		return (result != null && result == this.delegate) ? proxy : result;
	}

	/**
	 * A method of the client's interface was called.
	 * @param method the method
	 * @param arguments its arguments, {@code null} if it has none
	 * @return what it returns
	 * @throws Throwable what it throws
	 */
	protected abstract @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable;

	/**
	 * Call a method of the client.
	 * @param method the method
	 * @param arguments its arguments, {@code null} if it has none
	 * @return what it returned
	 * @throws Throwable what it threw, as it is
	 */
	protected final @Nullable Object proceed(Method method, Object @Nullable [] arguments) throws Throwable {
		try {
			return method.invoke(this.delegate, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
