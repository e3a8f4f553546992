// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.function.Consumer;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.context.Context;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * Starts the spans of calls to a key-value bucket or an object store. No context travels
 * with an entry: their API has no headers.
 */
final class BucketSpans {

	private final ConnectionTracing connection;

	private final MessagingTracing tracing;

	private final String bucket;

	BucketSpans(ConnectionTracing connection, String bucket) {
		this.connection = connection;
		this.tracing = connection.nats().messaging();
		this.bucket = bucket;
	}

	/**
	 * Start a span. Never throws.
	 * @param type whether it writes or reads
	 * @param name the name of the call
	 * @param attributes sets what tells this call from others
	 * @return the span, {@code null} if the call is not traced
	 */
	@Nullable RunningSpan start(OperationType type, String name, Consumer<SpanBuilder> attributes) {
		return start(type, name, null, attributes);
	}

	/**
	 * Start the span of an entry that is handed to the application. It continues nothing.
	 */
	@Nullable RunningSpan process(Consumer<SpanBuilder> attributes) {
		return start(OperationType.PROCESS, "process", Context.root(), attributes);
	}

	private @Nullable RunningSpan start(OperationType type, String name, @Nullable Context given,
			Consumer<SpanBuilder> attributes) {
		try {
			Context parent = (given != null) ? given : Context.current();
			if (!this.connection.nats().traces(this.bucket)) {
				return null;
			}
			SubjectOperation operation = this.connection.server()
				.operations()
				.of(new NatsOperations.Source(type, name, this.bucket, null, null, null));
			SpanBuilder builder = operation.messaging().callSpan(parent);
			operation.name(builder, this.bucket);
			attributes.accept(builder);
			return this.tracing.start(operation.messaging(), builder, parent);
		}
		catch (Throwable ex) {
			this.tracing.faults().report("starting the span of a call to the bucket '" + this.bucket + "'", ex);
			return null;
		}
	}

}
