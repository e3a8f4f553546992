// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;

import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.KeyValueWatcher;
import io.opentelemetry.api.trace.SpanBuilder;
import io.tracing.messaging.Faults;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * A key-value bucket. A call is one span, however many messages jnats makes of it.
 */
final class TracingKeyValue extends NatsProxy<KeyValue> {

	private final BucketSpans spans;

	private final Faults faults;

	private final boolean capturesKey;

	TracingKeyValue(KeyValue delegate, ConnectionTracing connection) {
		super(delegate, connection);
		this.spans = new BucketSpans(connection, delegate.getBucketName());
		this.faults = connection.nats().messaging().faults();
		this.capturesKey = connection.nats().capturesKey();
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		return switch (method.getName()) {
			case "put", "create", "update", "delete", "purge" ->
				call(OperationType.REQUEST, method.getName(), method, arguments);
			case "get" -> call(OperationType.RECEIVE, "get", method, arguments);
			case "watch", "watchAll" -> proceed(method, watched(method, arguments));
			default -> passOn(method, arguments, null);
		};
	}

	private @Nullable Object call(OperationType type, String name, Method method, Object @Nullable [] arguments)
			throws Throwable {
		String key = (arguments != null && arguments.length > 0 && arguments[0] instanceof String text) ? text : null;
		RunningSpan span = this.spans.start(type, name, (builder) -> setKey(builder, key));
		if (span == null) {
			return proceed(method, arguments);
		}
		Object result;
		try {
			result = proceed(method, arguments);
		}
		catch (Throwable ex) {
			span.end(ex);
			throw ex;
		}
		setRevision(span, result);
		span.end(null);
		return result;
	}

	private void setKey(SpanBuilder builder, @Nullable String key) {
		if (this.capturesKey && key != null) {
			builder.setAttribute(MessagingAttributes.NATS_KEY_VALUE_KEY, key);
		}
	}

	private void setRevision(RunningSpan span, @Nullable Object result) {
		try {
			if (result instanceof Long revision) {
				span.span().setAttribute(MessagingAttributes.NATS_KEY_VALUE_REVISION, revision);
			}
			else if (result instanceof KeyValueEntry entry) {
				span.span().setAttribute(MessagingAttributes.NATS_KEY_VALUE_REVISION, entry.getRevision());
			}
		}
		catch (Throwable ex) {
			this.faults.report("noting the revision of an entry", ex);
		}
	}

	private Object @Nullable [] watched(Method method, Object @Nullable [] arguments) {
		Object[] result = (arguments != null) ? arguments.clone() : null;
		for (int i = 0; result != null && i < result.length; i++) {
			if (result[i] instanceof KeyValueWatcher watcher
					&& method.getParameterTypes()[i] == KeyValueWatcher.class) {
				result[i] = new TracingWatcher<>(watcher, this.spans, this::describe).as(KeyValueWatcher.class);
			}
		}
		return result;
	}

	private void describe(SpanBuilder builder, Object entry) {
		if (entry instanceof KeyValueEntry changed) {
			setKey(builder, changed.getKey());
			builder.setAttribute(MessagingAttributes.NATS_KEY_VALUE_REVISION, changed.getRevision());
		}
	}

}
