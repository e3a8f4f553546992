// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;

import io.nats.client.Dispatcher;
import org.jspecify.annotations.Nullable;

/**
 * A dispatcher whose handlers trace. The dispatcher itself stays that of jnats:
 * everything that takes one casts it.
 */
final class TracingDispatcher extends NatsProxy<Dispatcher> {

	TracingDispatcher(Dispatcher delegate, ConnectionTracing connection) {
		super(delegate, connection);
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		return passOn(method, arguments, null);
	}

}
