// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;

import io.tracing.messaging.ClientProxy;
import org.jspecify.annotations.Nullable;

/**
 * An object of jnats, of which every call is passed on: what it is given is unwrapped,
 * what it returns is wrapped.
 *
 * @param <C> the interface of the object
 */
abstract class NatsProxy<C> extends ClientProxy<C> {

	final ConnectionTracing connection;

	NatsProxy(C delegate, ConnectionTracing connection) {
		super(delegate);
		this.connection = connection;
	}

	/**
	 * Pass a call on that sends and receives nothing itself.
	 */
	final @Nullable Object passOn(Method method, Object @Nullable [] arguments, @Nullable ConsumerSource source)
			throws Throwable {
		Object result = proceed(method, this.connection.arguments(method, arguments, source));
		if (result == null || result == this.delegate) {
			return result;
		}
		try {
			return fit(method.getReturnType(), this.connection.handOut(result, source), result);
		}
		catch (Throwable ex) {
			this.connection.nats().messaging().faults().report("wrapping what " + method.getName() + "() returned", ex);
			return result;
		}
	}

	/**
	 * What a later jnats hands out can be of a narrower type than what this one knows, or
	 * of a class, for which nothing can stand in.
	 */
	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static @Nullable Object fit(Class<?> type, @Nullable Object handedOut, Object raw) {
		if (type.isInstance(handedOut)) {
			return handedOut;
		}
		ClientProxy<?> proxy = type.isInterface() ? of(handedOut) : null;
		return (proxy != null) ? proxy.as((Class) type) : raw;
	}

	// By the object: jnats hands one out several times, and each is in a proxy of its
	// own.
	@Override
	protected final boolean isSame(@Nullable ClientProxy<?> other) {
		return other instanceof NatsProxy<?> proxy && proxy.delegate == this.delegate;
	}

}
