// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.micrometer;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.opentelemetry.api.common.Attributes;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingMetrics;
import io.tracing.messaging.OperationMetrics;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.TimeInQueue;
import org.jspecify.annotations.Nullable;

/**
 * The messaging metrics through Micrometer, which is Boot's way. Durations are
 * distribution summaries in seconds rather than timers: a timer's unit is the registry's
 * choice, and that of the OTLP registry is milliseconds, where the conventions say
 * seconds.
 */
public final class MicrometerMessagingMetrics implements MessagingMetrics {

	// Prometheus wants the same tag keys on every meter of a name, so that what does not
	// apply is "none", as in Boot's own meters.
	private static final String NONE_VALUE = "none";

	private static final double[] DURATIONS = array(DURATION_BUCKETS);

	private static final double[] TIMES_IN_QUEUE = array(TIME_IN_QUEUE_BUCKETS);

	private final MeterRegistry registry;

	/**
	 * Create a new instance.
	 * @param registry where the meters go
	 */
	public MicrometerMessagingMetrics(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public OperationMetrics operation(OperationType type, Attributes attributes) {
		List<Tag> tags = new ArrayList<>();
		attributes.forEach((key, value) -> tags.add(Tag.of(key.getKey(), String.valueOf(value))));
		complete(tags, MessagingAttributes.DESTINATION_NAME.getKey());
		complete(tags, MessagingAttributes.DESTINATION_TEMPLATE.getKey());
		complete(tags, MessagingAttributes.SERVER_ADDRESS.getKey());
		complete(tags, MessagingAttributes.SERVER_PORT.getKey());
		if (!type.sends()) {
			complete(tags, MessagingAttributes.CONSUMER_GROUP_NAME.getKey());
			complete(tags, MessagingAttributes.SUBSCRIPTION_NAME.getKey());
		}
		return new Meters(type, tags);
	}

	private static void complete(List<Tag> tags, String key) {
		if (tags.stream().noneMatch((tag) -> tag.getKey().equals(key))) {
			tags.add(Tag.of(key, NONE_VALUE));
		}
	}

	private static double[] array(List<Double> values) {
		return values.stream().mapToDouble(Double::doubleValue).toArray();
	}

	/**
	 * The meters of one operation. Those of success are made once; an error is rare, and
	 * its type is only known when it happens.
	 */
	private final class Meters implements OperationMetrics {

		private final OperationType type;

		private final List<Tag> tags;

		private final Outcome success;

		private final @Nullable Queue queue;

		Meters(OperationType type, List<Tag> tags) {
			this.type = type;
			this.tags = tags;
			this.success = outcome(NONE_VALUE);
			// What is sent has not waited: it would only add series.
			this.queue = (type == OperationType.PROCESS || type == OperationType.RECEIVE) ? queue() : null;
		}

		@Override
		public void completed(double seconds, int messages, @Nullable String errorType) {
			Outcome outcome = (errorType != null) ? outcome(errorType) : this.success;
			outcome.duration().record(seconds);
			if (outcome.messages() != null) {
				outcome.messages().increment(messages);
			}
		}

		@Override
		public void timeInQueue(TimeInQueue time) {
			if (this.queue != null) {
				this.queue.record(time);
			}
		}

		private Outcome outcome(String errorType) {
			String durationName = (this.type == OperationType.PROCESS) ? PROCESS_DURATION : CLIENT_OPERATION_DURATION;
			DistributionSummary.Builder duration = DistributionSummary.builder(durationName)
				.baseUnit("s")
				.serviceLevelObjectives(DURATIONS)
				.tags(this.tags)
				.tag(MessagingAttributes.ERROR_TYPE.getKey(), errorType);
			if (this.type.sends()) {
				// It shares the meter with receives and commits, which have a group.
				duration.tag(MessagingAttributes.CONSUMER_GROUP_NAME.getKey(), NONE_VALUE)
					.tag(MessagingAttributes.SUBSCRIPTION_NAME.getKey(), NONE_VALUE);
			}
			if (this.type != OperationType.PROCESS) {
				duration.tag(MessagingAttributes.OPERATION_TYPE.getKey(), this.type.value());
			}
			return new Outcome(duration.register(MicrometerMessagingMetrics.this.registry), messages(errorType));
		}

		private @Nullable Counter messages(String errorType) {
			String name = switch (this.type) {
				case SEND, REQUEST -> CLIENT_SENT_MESSAGES;
				case RECEIVE, PROCESS -> CLIENT_CONSUMED_MESSAGES;
				case SETTLE -> null;
			};
			return (name != null) ? Counter.builder(name)
				.tags(this.tags)
				.tag(MessagingAttributes.ERROR_TYPE.getKey(), errorType)
				.register(MicrometerMessagingMetrics.this.registry) : null;
		}

		private Queue queue() {
			return new Queue(timeInQueue(TimeInQueue.Source.BROKER), timeInQueue(TimeInQueue.Source.PRODUCER),
					Counter.builder(CLOCK_SKEW).tags(this.tags).register(MicrometerMessagingMetrics.this.registry));
		}

		private DistributionSummary timeInQueue(TimeInQueue.Source source) {
			return DistributionSummary.builder(TIME_IN_QUEUE)
				.baseUnit("s")
				.serviceLevelObjectives(TIMES_IN_QUEUE)
				.tags(this.tags)
				.tag("source", source.value())
				.register(MicrometerMessagingMetrics.this.registry);
		}

	}

	private record Outcome(DistributionSummary duration, @Nullable Counter messages) {

	}

	private record Queue(DistributionSummary byBroker, DistributionSummary byProducer, Counter clockSkew) {

		void record(TimeInQueue time) {
			((time.source() == TimeInQueue.Source.BROKER) ? this.byBroker : this.byProducer).record(time.seconds());
			if (time.clockSkew()) {
				this.clockSkew.increment();
			}
		}

	}

}
