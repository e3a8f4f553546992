// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;

import io.nats.client.Message;
import org.jspecify.annotations.Nullable;

/**
 * The context of a JetStream consumer: its messages are pulled one by one, or handed on
 * to what iterates over them or handles them.
 */
final class TracingConsumerContext<C> extends NatsProxy<C> {

	private final ConsumerSource source;

	private final ReceiveSpans receives;

	TracingConsumerContext(C delegate, ConnectionTracing connection, ConsumerSource source) {
		super(delegate, connection);
		this.source = source;
		this.receives = new ReceiveSpans(connection, source);
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		if (method.getReturnType() != Message.class) {
			return passOn(method, arguments, this.source);
		}
		return this.receives.receive(method.getName(), () -> (Message) proceed(method, arguments));
	}

}
