// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.List;

import io.nats.client.Message;
import io.nats.client.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * A subscription from which the application takes the messages itself.
 */
final class TracingSubscription<S extends Subscription> extends NatsProxy<S> {

	private final @Nullable ConsumerSource source;

	private final ReceiveSpans receives;

	TracingSubscription(S delegate, ConnectionTracing connection, @Nullable ConsumerSource source) {
		super(delegate, connection);
		this.source = source;
		this.receives = new ReceiveSpans(connection, source);
	}

	@Override
	@SuppressWarnings("unchecked")
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		Class<?> result = method.getReturnType();
		if (result == Message.class) {
			return this.receives.receive("receive", () -> (Message) proceed(method, arguments));
		}
		if (method.getName().equals("fetch") && result == List.class) {
			return this.receives.fetch(() -> (List<Message>) proceed(method, arguments));
		}
		if (method.getName().equals("iterate") && result == Iterator.class) {
			Iterator<Message> messages = this.receives.iterate(() -> (Iterator<Message>) proceed(method, arguments));
			return (messages != null) ? iterator(messages) : null;
		}
		return passOn(method, arguments, this.source);
	}

	private Iterator<Message> iterator(Iterator<Message> delegate) {
		return new Iterator<>() {

			@Override
			public boolean hasNext() {
				return TracingSubscription.this.receives.hasNext(delegate);
			}

			@Override
			public @Nullable Message next() {
				return TracingSubscription.this.receives.received(delegate.next());
			}

			@Override
			public void remove() {
				delegate.remove();
			}

		};
	}

}
