// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.Method;

import io.tracing.messaging.ClientProxy;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A share consumer whose polls are traced.
 */
final class TracingShareConsumer<K, V> extends ClientProxy<ShareConsumer<K, V>> {

	private final ReceiveSpans receives;

	TracingShareConsumer(ShareConsumer<K, V> delegate, ReceiveSpans receives) {
		super(delegate);
		this.receives = receives;
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		if (!method.getName().equals("poll")) {
			return proceed(method, arguments);
		}
		long start = System.nanoTime();
		Object records;
		try {
			records = proceed(method, arguments);
		}
		catch (Throwable ex) {
			this.receives.failed(start, ex, this.delegate::subscription);
			throw ex;
		}
		this.receives.received(start, (ConsumerRecords<?, ?>) records);
		return records;
	}

}
