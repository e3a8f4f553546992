// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.util.List;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;

/**
 * The metrics of the OpenTelemetry messaging conventions, and the time in queue that the
 * conventions do not have. Recorded whether or not the span is sampled.
 * <p>
 * Alert when {@code tracing.messaging.time_in_queue} grows: consumers do not keep up; and
 * when {@code messaging.process.duration} with an {@code error.type} grows faster than
 * without: listeners fail.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/">Messaging
 * metrics</a>
 */
public interface MessagingMetrics {

	/** Histogram, seconds: how long a send, receive or settle took. */
	String CLIENT_OPERATION_DURATION = "messaging.client.operation.duration";

	/** Histogram, seconds: how long the listener took. */
	String PROCESS_DURATION = "messaging.process.duration";

	/** Counter: messages that the application tried to send. */
	String CLIENT_SENT_MESSAGES = "messaging.client.sent.messages";

	/** Counter: messages that were delivered to the application. */
	String CLIENT_CONSUMED_MESSAGES = "messaging.client.consumed.messages";

	/** Histogram, seconds: how long messages waited until they were delivered. */
	String TIME_IN_QUEUE = "tracing.messaging.time_in_queue";

	/** Counter: messages whose timestamp lay in the future of the consumer's clock. */
	String CLOCK_SKEW = "tracing.messaging.clock_skew";

	/** The buckets, in seconds, that the conventions advise for durations. */
	List<Double> DURATION_BUCKETS = List.of(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5,
			10.0);

	/** Those buckets, and more: a message can wait for hours. */
	List<Double> TIME_IN_QUEUE_BUCKETS = List.of(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0,
			7.5, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0);

	/** Measures nothing. */
	MessagingMetrics NONE = (type, attributes) -> OperationMetrics.NONE;

	/**
	 * The metrics through OpenTelemetry's own meter, for applications without Micrometer.
	 * @param openTelemetry where the meter comes from
	 * @param conventions the conventions the metrics follow
	 * @return the metrics, {@link #NONE} if the meter is a no-op
	 */
	static MessagingMetrics of(OpenTelemetry openTelemetry, SemanticConventions conventions) {
		return OpenTelemetryMetrics.create(openTelemetry, MessagingTracing.INSTRUMENTATION_SCOPE, conventions);
	}

	/**
	 * Prepare the instruments of an operation.
	 * @param type the type of the operation
	 * @param attributes the attributes of every measurement, all of bounded cardinality
	 * @return the instruments
	 */
	OperationMetrics operation(OperationType type, Attributes attributes);

}
