// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;

import io.nats.client.api.OrderedConsumerConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Hands out what sends or delivers, and does neither: the management of JetStream, the
 * context of a stream.
 */
final class TracingContext<C> extends NatsProxy<C> {

	TracingContext(C delegate, ConnectionTracing connection) {
		super(delegate, connection);
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		return passOn(method, arguments, source(arguments));
	}

	private @Nullable ConsumerSource source(Object @Nullable [] arguments) {
		try {
			return (arguments != null && arguments.length == 1
					&& arguments[0] instanceof OrderedConsumerConfiguration configuration)
							? ConsumerSource.of(configuration) : null;
		}
		catch (Throwable ex) {
			this.connection.nats().messaging().faults().report("reading the options of a consumer", ex);
			return null;
		}
	}

}
