// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.lang.reflect.Method;
import java.util.function.BiConsumer;

import io.opentelemetry.api.trace.SpanBuilder;
import io.tracing.messaging.ClientProxy;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * Tells the application of changes to a bucket, each in a span of its own.
 */
final class TracingWatcher<W> extends ClientProxy<W> {

	private final BucketSpans spans;

	private final BiConsumer<SpanBuilder, Object> description;

	TracingWatcher(W delegate, BucketSpans spans, BiConsumer<SpanBuilder, Object> description) {
		super(delegate);
		this.spans = spans;
		this.description = description;
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		Object changed = (method.getName().equals("watch") && arguments != null) ? arguments[0] : null;
		RunningSpan span = (changed != null)
				? this.spans.process((builder) -> this.description.accept(builder, changed)) : null;
		if (span == null) {
			return proceed(method, arguments);
		}
		span.makeCurrent();
		try {
			Object result = proceed(method, arguments);
			span.end(null);
			return result;
		}
		catch (Throwable ex) {
			span.end(ex);
			throw ex;
		}
		finally {
			span.close();
		}
	}

}
