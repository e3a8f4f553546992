// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;

import io.nats.client.Message;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of a JetStream consumer are pulled from, one by one.
 */
final class TracingPull<C> extends NatsProxy<C> {

	private final @Nullable ConsumerSource source;

	private final ReceiveSpans receives;

	TracingPull(C delegate, ConnectionTracing connection, @Nullable ConsumerSource source) {
		super(delegate, connection);
		this.source = source;
		this.receives = new ReceiveSpans(connection, source);
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		if (method.getReturnType() != Message.class) {
			return passOn(method, arguments, this.source);
		}
		return this.receives.receive("receive", () -> (Message) proceed(method, arguments));
	}

}
