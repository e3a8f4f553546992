// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import org.jspecify.annotations.Nullable;

/**
 * The messaging metrics through OpenTelemetry's own meter, for applications without
 * Micrometer.
 */
final class OpenTelemetryMetrics implements MessagingMetrics {

	private static final AttributeKey<String> SOURCE = AttributeKey.stringKey("source");

	private final DoubleHistogram clientOperationDuration;

	private final DoubleHistogram processDuration;

	private final DoubleHistogram timeInQueue;

	private final LongCounter sentMessages;

	private final LongCounter consumedMessages;

	private final LongCounter clockSkew;

	private OpenTelemetryMetrics(Meter meter) {
		this.clientOperationDuration = meter.histogramBuilder(CLIENT_OPERATION_DURATION)
			.setUnit("s")
			.setExplicitBucketBoundariesAdvice(DURATION_BUCKETS)
			.build();
		this.processDuration = meter.histogramBuilder(PROCESS_DURATION)
			.setUnit("s")
			.setExplicitBucketBoundariesAdvice(DURATION_BUCKETS)
			.build();
		this.timeInQueue = meter.histogramBuilder(TIME_IN_QUEUE)
			.setUnit("s")
			.setExplicitBucketBoundariesAdvice(TIME_IN_QUEUE_BUCKETS)
			.build();
		this.sentMessages = meter.counterBuilder(CLIENT_SENT_MESSAGES).setUnit("{message}").build();
		this.consumedMessages = meter.counterBuilder(CLIENT_CONSUMED_MESSAGES).setUnit("{message}").build();
		this.clockSkew = meter.counterBuilder(CLOCK_SKEW).setUnit("{message}").build();
	}

	static MessagingMetrics create(OpenTelemetry openTelemetry, String scope, SemanticConventions conventions) {
		Meter meter = openTelemetry.getMeterProvider()
			.meterBuilder(scope)
			.setSchemaUrl(conventions.schemaUrl())
			.build();
		// An SDK without a metric reader hands out the no-op meter: then the clock need
		// not be read for every message.
		return (meter == MeterProvider.noop().get(scope)) ? NONE : new OpenTelemetryMetrics(meter);
	}

	@Override
	public OperationMetrics operation(OperationType type, Attributes attributes) {
		boolean process = type == OperationType.PROCESS;
		DoubleHistogram duration = process ? this.processDuration : this.clientOperationDuration;
		LongCounter messages = switch (type) {
			case SEND, REQUEST -> this.sentMessages;
			case RECEIVE, PROCESS -> this.consumedMessages;
			case SETTLE -> null;
		};
		Attributes durationAttributes = process ? attributes
				: attributes.toBuilder().put(MessagingAttributes.OPERATION_TYPE, type.value()).build();
		return new Instruments(duration, durationAttributes, messages, attributes);
	}

	private final class Instruments implements OperationMetrics {

		private final DoubleHistogram duration;

		private final Attributes durationAttributes;

		private final @Nullable LongCounter messages;

		private final Attributes messagesAttributes;

		private final Attributes queuedByBroker;

		private final Attributes queuedByProducer;

		Instruments(DoubleHistogram duration, Attributes durationAttributes, @Nullable LongCounter messages,
				Attributes messagesAttributes) {
			this.duration = duration;
			this.durationAttributes = durationAttributes;
			this.messages = messages;
			this.messagesAttributes = messagesAttributes;
			this.queuedByBroker = with(SOURCE, TimeInQueue.Source.BROKER.value());
			this.queuedByProducer = with(SOURCE, TimeInQueue.Source.PRODUCER.value());
		}

		private Attributes with(AttributeKey<String> key, String value) {
			return this.messagesAttributes.toBuilder().put(key, value).build();
		}

		@Override
		public void completed(double seconds, int messages, @Nullable String errorType) {
			this.duration.record(seconds, withError(this.durationAttributes, errorType));
			if (this.messages != null) {
				this.messages.add(messages, withError(this.messagesAttributes, errorType));
			}
		}

		private Attributes withError(Attributes attributes, @Nullable String errorType) {
			if (errorType == null) {
				return attributes;
			}
			AttributesBuilder builder = attributes.toBuilder();
			return builder.put(MessagingAttributes.ERROR_TYPE, errorType).build();
		}

		@Override
		public void timeInQueue(TimeInQueue time) {
			OpenTelemetryMetrics.this.timeInQueue.record(time.seconds(),
					(time.source() == TimeInQueue.Source.BROKER) ? this.queuedByBroker : this.queuedByProducer);
			if (time.clockSkew()) {
				OpenTelemetryMetrics.this.clockSkew.add(1, this.messagesAttributes);
			}
		}

	}

}
