// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import io.tracing.telemetry.wire.Signal;
import io.tracing.telemetry.wire.TelemetrySubjects;
import org.jspecify.annotations.Nullable;

/**
 * A durable consumer of the stream: the place where the bridges that share it have got
 * to.
 *
 * @param name the name of the consumer
 * @param filter the subjects that it delivers
 */
record Durable(String name, String filter) {

	/** Signs of life are given once in a while, and one may be late. */
	static final Duration SHORTEST_ACK_WAIT = Duration.ofSeconds(3);

	/**
	 * Return the durables of a bridge. One for each signal, so that a signal that the
	 * backend does not take does not hold up the others, unless there is one for all
	 * already.
	 */
	static List<Durable> choose(JetStreamManagement management, BridgeSettings settings)
			throws IOException, JetStreamApiException {
		if (settings.drainsAll()) {
			Durable shared = new Durable(settings.durable(), TelemetrySubjects.ALL);
			if (!settings.durablePerSignal() || shared.find(management, settings.stream()) != null) {
				return List.of(shared);
			}
		}
		return settings.signals()
			.stream()
			.map((signal) -> new Durable(settings.durable() + "-" + signal.text(), signal.subjectPrefix() + ">"))
			.toList();
	}

	boolean isForAllSignals() {
		return this.filter.equals(TelemetrySubjects.ALL);
	}

	boolean delivers(Signal signal) {
		return isForAllSignals() || this.filter.startsWith(signal.subjectPrefix());
	}

	/**
	 * Look the consumer up, or create it. One that is there is never changed: it may be
	 * the Go bridge's, and is then taken over where it stands.
	 * @return what the server says of it
	 * @throws UnusableConsumerException if one is there that the bridge can't drain
	 */
	ConsumerInfo findOrCreate(JetStreamManagement management, BridgeSettings settings)
			throws IOException, JetStreamApiException {
		ConsumerInfo there = find(management, settings.stream());
		if (there != null) {
			check(there.getConsumerConfiguration(), settings.stream());
			return there;
		}
		return management.addOrUpdateConsumer(settings.stream(), configuration(settings));
	}

	private @Nullable ConsumerInfo find(JetStreamManagement management, String stream)
			throws IOException, JetStreamApiException {
		try {
			return management.getConsumerInfo(stream, this.name);
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() == JetStreamErrorCodes.CONSUMER_NOT_FOUND) {
				return null;
			}
			throw ex;
		}
	}

	private ConsumerConfiguration configuration(BridgeSettings settings) {
		return ConsumerConfiguration.builder()
			.durable(this.name)
			.filterSubject(this.filter)
			.deliverPolicy(DeliverPolicy.All)
			.ackPolicy(AckPolicy.Explicit)
			.ackWait(settings.ackWait())
			.maxDeliver(settings.maxDeliveries())
			// Enough for ten bridges that are all waiting for the backend.
			.maxAckPending(Math.max(1_000, 10L * settings.batchSize() * (settings.requestsInFlight() + 2L)))
			.build();
	}

	private void check(ConsumerConfiguration there, String stream) {
		if (there.getDeliverSubject() != null) {
			throw unusable(stream, "it is a push consumer");
		}
		if (there.getAckPolicy() != AckPolicy.Explicit) {
			throw unusable(stream, "its ack policy is " + there.getAckPolicy() + ", not explicit");
		}
		List<String> subjects = Objects.requireNonNullElse(there.getFilterSubjects(), List.of());
		if (!subjects.equals(List.of(this.filter)) && !(isForAllSignals() && isUnfiltered(subjects))) {
			throw unusable(stream, "it delivers " + (isUnfiltered(subjects) ? "all subjects" : quoted(subjects))
					+ ", not '" + this.filter + "'");
		}
		Duration ackWait = there.getAckWait();
		if (ackWait != null && ackWait.compareTo(SHORTEST_ACK_WAIT) < 0) {
			throw unusable(stream, "its ack wait of " + DurationText.of(ackWait) + " is shorter than the "
					+ DurationText.of(SHORTEST_ACK_WAIT) + " that a sign of life may take");
		}
	}

	private static boolean isUnfiltered(List<String> subjects) {
		return subjects.isEmpty() || subjects.equals(List.of(">"));
	}

	private static String quoted(List<String> subjects) {
		return subjects.stream().map((subject) -> "'" + subject + "'").collect(Collectors.joining(" and "));
	}

	private UnusableConsumerException unusable(String stream, String why) {
		return new UnusableConsumerException(
				"The consumer '" + this.name + "' of stream '" + stream + "' can't be drained by the bridge: " + why
						+ ". Set tracing.bridge.durable to another name, or delete the consumer.");
	}

}
