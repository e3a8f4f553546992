// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.tracing.telemetry.wire.Signal;
import io.tracing.telemetry.wire.TelemetrySubjects;
import org.jspecify.annotations.Nullable;

/**
 * The stream that telemetry is published to. It is created where it is missing and never
 * altered: what an operator set, or another program that shares it, stays.
 *
 * @param name its name
 * @param maxAge how long a message is kept, zero for no limit
 * @param maxBytes how much is kept; beyond, the oldest goes
 * @param replicas on how many servers of a cluster each message is stored
 */
public record TelemetryStream(String name, Duration maxAge, long maxBytes, int replicas) {

	// Wide enough for the restart of a server between a publish and its repetition.
	static final Duration DUPLICATE_WINDOW = Duration.ofMinutes(2);

	private static final int STREAM_NOT_FOUND = 10059;

	private static final int STREAM_NAME_IN_USE = 10058;

	private static final int SUBJECTS_OVERLAP = 10065;

	private static final int REPLICAS_NOT_SUPPORTED = 10074;

	private static final int INSUFFICIENT_RESOURCES = 10023;

	private static final int STORAGE_RESOURCES_EXCEEDED = 10047;

	/**
	 * Create the stream, unless it is there.
	 * @param management the API of the server
	 * @return whether it was created
	 * @throws IllegalStateException if the stream can't be used or created as it is
	 * configured; the message names the property to change
	 * @throws IOException if the server can't be reached
	 * @throws JetStreamApiException if the server refuses for another reason
	 */
	public boolean createIfMissing(JetStreamManagement management) throws IOException, JetStreamApiException {
		StreamConfiguration existing = find(management);
		if (existing == null) {
			try {
				management.addStream(configuration());
				return true;
			}
			catch (JetStreamApiException ex) {
				if (ex.getApiErrorCode() != STREAM_NAME_IN_USE) {
					throw refused(ex, management);
				}
				// Somebody else was faster, with another configuration.
				existing = find(management);
			}
		}
		if (existing != null) {
			check(existing);
		}
		return false;
	}

	StreamConfiguration configuration() {
		boolean ageIsLimited = !this.maxAge.isZero();
		return StreamConfiguration.builder()
			.name(this.name)
			.subjects(TelemetrySubjects.ALL)
			.retentionPolicy(RetentionPolicy.Limits)
			.storageType(StorageType.File)
			.maxAge(this.maxAge)
			.maxBytes(this.maxBytes)
			.replicas(this.replicas)
			// The server refuses a window longer than the age.
			.duplicateWindow(
					(ageIsLimited && this.maxAge.compareTo(DUPLICATE_WINDOW) < 0) ? this.maxAge : DUPLICATE_WINDOW)
			.build();
	}

	private @Nullable StreamConfiguration find(JetStreamManagement management)
			throws IOException, JetStreamApiException {
		try {
			return management.getStreamInfo(this.name).getConfiguration();
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() == STREAM_NOT_FOUND) {
				return null;
			}
			throw ex;
		}
	}

	private void check(StreamConfiguration existing) {
		List<String> bound = existing.getSubjects();
		for (Signal signal : Signal.values()) {
			String wanted = signal.subjectPrefix() + ">";
			if (bound.stream().noneMatch((subject) -> covers(subject, wanted))) {
				throw new IllegalStateException(
						("The stream '%s' exists and takes the subjects %s, but not '%s'. Name another stream with"
								+ " tracing.telemetry.stream.name, or give this one the subject '%s'.")
							.formatted(this.name, bound, wanted, TelemetrySubjects.ALL));
			}
		}
	}

	private JetStreamApiException refused(JetStreamApiException ex, JetStreamManagement management)
			throws IOException, JetStreamApiException {
		String problem = "The stream '%s' can't be created, because ".formatted(this.name);
		switch (ex.getApiErrorCode()) {
			case SUBJECTS_OVERLAP -> throw new IllegalStateException((problem
					+ "%s already has subjects of '%s'. Name that stream with tracing.telemetry.stream.name, or take"
					+ " these subjects from it.")
				.formatted(management.getStreamNames(TelemetrySubjects.ALL), TelemetrySubjects.ALL), ex);
			case REPLICAS_NOT_SUPPORTED -> throw new IllegalStateException(
					(problem + "the servers can't store %d replicas: %s. Lower tracing.telemetry.stream.replicas.")
						.formatted(this.replicas, ex.getErrorDescription()),
					ex);
			case INSUFFICIENT_RESOURCES,
					STORAGE_RESOURCES_EXCEEDED ->
				throw new IllegalStateException(
						(problem + "there is no room for %d bytes: %s. Lower tracing.telemetry.stream.max-size.")
							.formatted(this.maxBytes, ex.getErrorDescription()),
						ex);
			default -> {
				return ex;
			}
		}
	}

	/**
	 * Whether all subjects of one pattern are among those of another.
	 */
	static boolean covers(String pattern, String other) {
		String[] tokens = pattern.split("\\.");
		String[] others = other.split("\\.");
		for (int i = 0; i < tokens.length; i++) {
			if (tokens[i].equals(">")) {
				return i < others.length;
			}
			if (i >= others.length || !tokens[i].equals("*") && !tokens[i].equals(others[i])
					|| tokens[i].equals("*") && others[i].equals(">")) {
				return false;
			}
		}
		return tokens.length == others.length;
	}

}
