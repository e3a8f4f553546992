// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.List;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.FetchConsumer;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamReader;
import io.nats.client.JetStreamSubscription;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.ObjectStore;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.StreamContext;
import io.nats.client.Subscription;
import io.nats.client.api.KeyValueWatcher;
import io.nats.client.api.ObjectStoreWatcher;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Tells an ahead-of-time build about the proxies around all that a connection hands out.
 */
final class NatsTracingRuntimeHints implements RuntimeHintsRegistrar {

	static final List<Class<?>> PROXIES = List.of(Connection.class, Dispatcher.class, Subscription.class,
			JetStream.class, JetStreamManagement.class, JetStreamSubscription.class, JetStreamReader.class,
			StreamContext.class, ConsumerContext.class, OrderedConsumerContext.class, FetchConsumer.class,
			IterableConsumer.class, KeyValue.class, KeyValueWatcher.class, ObjectStore.class, ObjectStoreWatcher.class,
			Message.class);

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		PROXIES.forEach(hints.proxies()::registerJdkProxy);
	}

}
