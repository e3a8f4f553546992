// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.io.File;
import java.lang.reflect.Method;

import io.nats.client.ObjectStore;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.ObjectMeta;
import io.nats.client.api.ObjectStoreWatcher;
import io.opentelemetry.api.trace.SpanBuilder;
import io.tracing.messaging.Faults;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * An object store. A call is one span, however many chunks jnats makes of it.
 */
final class TracingObjectStore extends NatsProxy<ObjectStore> {

	private final BucketSpans spans;

	private final Faults faults;

	TracingObjectStore(ObjectStore delegate, ConnectionTracing connection) {
		super(delegate, connection);
		this.spans = new BucketSpans(connection, delegate.getBucketName());
		this.faults = connection.nats().messaging().faults();
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		return switch (method.getName()) {
			case "put", "delete" -> call(OperationType.REQUEST, method.getName(), method, arguments);
			case "get" -> call(OperationType.RECEIVE, "get", method, arguments);
			case "updateMeta", "addLink", "addBucketLink", "seal" ->
				call(OperationType.REQUEST, "update", method, arguments);
			case "watch" -> proceed(method, watched(method, arguments));
			default -> passOn(method, arguments, null);
		};
	}

	private @Nullable Object call(OperationType type, String name, Method method, Object @Nullable [] arguments)
			throws Throwable {
		String object = (arguments != null && arguments.length > 0) ? name(arguments[0]) : null;
		RunningSpan span = this.spans.start(type, name, (builder) -> setName(builder, object));
		if (span == null) {
			return passOn(method, arguments, null);
		}
		Object result;
		try {
			result = passOn(method, arguments, null);
		}
		catch (Throwable ex) {
			span.end(ex);
			throw ex;
		}
		setSize(span, result);
		span.end(null);
		return result;
	}

	private static @Nullable String name(@Nullable Object argument) {
		if (argument instanceof String text) {
			return text;
		}
		if (argument instanceof ObjectMeta meta) {
			return meta.getObjectName();
		}
		return (argument instanceof File file) ? file.getName() : null;
	}

	private static void setName(SpanBuilder builder, @Nullable String object) {
		if (object != null) {
			builder.setAttribute(MessagingAttributes.NATS_OBJECT_NAME, object);
		}
	}

	private void setSize(RunningSpan span, @Nullable Object result) {
		try {
			if (result instanceof ObjectInfo info) {
				span.span()
					.setAttribute(MessagingAttributes.MESSAGE_BODY_SIZE, info.getSize())
					.setAttribute(MessagingAttributes.NATS_OBJECT_CHUNKS, info.getChunks());
			}
		}
		catch (Throwable ex) {
			this.faults.report("noting the size of an object", ex);
		}
	}

	private Object @Nullable [] watched(Method method, Object @Nullable [] arguments) {
		Object[] result = (arguments != null) ? arguments.clone() : null;
		for (int i = 0; result != null && i < result.length; i++) {
			if (result[i] instanceof ObjectStoreWatcher watcher
					&& method.getParameterTypes()[i] == ObjectStoreWatcher.class) {
				result[i] = new TracingWatcher<>(watcher, this.spans, TracingObjectStore::describe)
					.as(ObjectStoreWatcher.class);
			}
		}
		return result;
	}

	private static void describe(SpanBuilder builder, Object changed) {
		if (changed instanceof ObjectInfo info) {
			setName(builder, info.getObjectName());
		}
	}

}
