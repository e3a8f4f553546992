// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import io.nats.client.Message;
import io.nats.client.impl.AckType;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.RunningSpan;
import org.jspecify.annotations.Nullable;

/**
 * Starts the span in which a JetStream message is settled. It is named after the subject
 * of the message; the subject of the acknowledgment is made up for each delivery.
 */
final class SettleSpans {

	private final MessagingTracing tracing;

	private final boolean on;

	SettleSpans(NatsTracing nats) {
		this.tracing = nats.messaging();
		this.on = nats.hasSettleSpans();
	}

	/**
	 * Start a span. Never throws.
	 * @param name what is done
	 * @param message the message
	 * @param delivered what is known of it
	 * @param context the context it was processed in
	 * @return the span, {@code null} if jnats will do nothing: the message is not of
	 * JetStream, or settled already
	 */
	@Nullable RunningSpan start(String name, Message message, Deliveries.Delivered delivered, Context context) {
		JetStreamDelivery delivery = delivered.delivery();
		if (!this.on || delivery == null) {
			return null;
		}
		try {
			AckType last = message.lastAck();
			if (last != null && last.terminal) {
				return null;
			}
			SubjectOperation operation = delivered.operation().settle(name);
			// Where it is processed, also if it is settled on another thread.
			Context current = Context.current();
			SpanContext ambient = Span.fromContext(current).getSpanContext();
			Context parent = ambient.isValid() ? current : context;
			SpanBuilder builder = operation.messaging().callSpan(parent);
			SpanContext own = Span.fromContext(context).getSpanContext();
			if (ambient.isValid() && own.isValid() && !ambient.getTraceId().equals(own.getTraceId())) {
				// In the midst of something else, such as the handling of another
				// message.
				builder.addLink(own);
			}
			operation.name(builder, message.getSubject());
			delivered.describeConsumer(builder);
			delivery.describe(builder, this.tracing.attributes());
			return this.tracing.start(operation.messaging(), builder, parent);
		}
		catch (Throwable ex) {
			this.tracing.faults().report("starting the span of an acknowledgment", ex);
			return null;
		}
	}

}
