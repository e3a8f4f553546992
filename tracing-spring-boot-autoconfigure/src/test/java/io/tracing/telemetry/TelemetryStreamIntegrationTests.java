// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.io.IOException;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.tracing.testing.NatsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The stream on a real server: what is created, and what stays as it is.
 */
class TelemetryStreamIntegrationTests {

	private static final TelemetryStream STREAM = new TelemetryStream("TELEMETRY", Duration.ofDays(7), 1 << 30, 1);

	private final NatsServer server = NatsServer.start();

	private Connection connection;

	private JetStreamManagement management;

	@BeforeEach
	void connect() throws IOException {
		this.connection = this.server.connect();
		this.management = this.connection.jetStreamManagement();
	}

	@AfterEach
	void close() throws InterruptedException {
		this.connection.close();
		this.server.close();
	}

	@Test
	void missingStreamIsCreatedAsDocumented() throws IOException, JetStreamApiException {
		assertThat(STREAM.createIfMissing(this.management)).isTrue();
		StreamConfiguration created = this.management.getStreamInfo("TELEMETRY").getConfiguration();
		assertThat(created.getSubjects()).containsExactly("telemetry.>");
		assertThat(created.getRetentionPolicy()).isEqualTo(RetentionPolicy.Limits);
		assertThat(created.getStorageType()).isEqualTo(StorageType.File);
		assertThat(created.getMaxAge()).isEqualTo(Duration.ofDays(7));
		assertThat(created.getMaxBytes()).isEqualTo(1_073_741_824);
		assertThat(created.getReplicas()).isEqualTo(1);
		assertThat(created.getDuplicateWindow()).isEqualTo(Duration.ofMinutes(2));
		assertThat(created.getDiscardPolicy()).isEqualTo(DiscardPolicy.Old);
		assertThat(created.getMaxMsgs()).isEqualTo(-1);
		assertThat(created.getMaximumMessageSize()).isEqualTo(-1);
		assertThat(created.getMaxMsgsPerSubject()).isEqualTo(-1);
	}

	@Test
	void shortAgeShortensTheWindowOfDuplicates() throws IOException, JetStreamApiException {
		new TelemetryStream("TELEMETRY", Duration.ofSeconds(30), 1 << 20, 1).createIfMissing(this.management);
		assertThat(this.management.getStreamInfo("TELEMETRY").getConfiguration().getDuplicateWindow())
			.isEqualTo(Duration.ofSeconds(30));
	}

	@Test
	void existingStreamIsLeftAlone() throws IOException, JetStreamApiException {
		StreamConfiguration theirs = add("TELEMETRY", "telemetry.>");
		assertThat(STREAM.createIfMissing(this.management)).isFalse();
		assertThat(this.management.getStreamInfo("TELEMETRY").getConfiguration().toJson()).isEqualTo(theirs.toJson());
	}

	@Test
	void existingStreamMayNameTheSignals() throws IOException, JetStreamApiException {
		add("TELEMETRY", "telemetry.spans.>", "telemetry.logs.>", "telemetry.metrics.>");
		assertThat(STREAM.createIfMissing(this.management)).isFalse();
	}

	@Test
	void streamOfThisNameThatTakesOtherSubjectsIsNamed() throws IOException, JetStreamApiException {
		add("TELEMETRY", "orders.>");
		assertThatIllegalStateException().isThrownBy(() -> STREAM.createIfMissing(this.management))
			.withMessage("The stream 'TELEMETRY' exists and takes the subjects [orders.>], but not"
					+ " 'telemetry.spans.>'. Name another stream with tracing.telemetry.stream.name, or give this one"
					+ " the subject 'telemetry.>'.");
	}

	@Test
	void streamOfAnotherNameThatTakesTheSubjectsIsNamed() throws IOException, JetStreamApiException {
		add("EVERYTHING", "telemetry.logs.>");
		assertThatIllegalStateException().isThrownBy(() -> STREAM.createIfMissing(this.management))
			.withMessage("The stream 'TELEMETRY' can't be created, because [EVERYTHING] already has subjects of"
					+ " 'telemetry.>'. Name that stream with tracing.telemetry.stream.name, or take these subjects"
					+ " from it.");
	}

	@Test
	void moreReplicasThanServersNameTheProperty() {
		TelemetryStream stream = new TelemetryStream("TELEMETRY", Duration.ofDays(7), 1 << 30, 3);
		assertThatIllegalStateException().isThrownBy(() -> stream.createIfMissing(this.management))
			.withMessageContaining("3 replicas")
			.withMessageEndingWith("Lower tracing.telemetry.stream.replicas.");
	}

	@Test
	void moreBytesThanTheServerHasNameTheProperty() {
		TelemetryStream stream = new TelemetryStream("TELEMETRY", Duration.ofDays(7), 1L << 60, 1);
		assertThatIllegalStateException().isThrownBy(() -> stream.createIfMissing(this.management))
			.withMessageContaining("no room for")
			.withMessageEndingWith("Lower tracing.telemetry.stream.max-size.");
	}

	private StreamConfiguration add(String name, String... subjects) throws IOException, JetStreamApiException {
		return this.management
			.addStream(StreamConfiguration.builder()
				.name(name)
				.subjects(subjects)
				.storageType(StorageType.Memory)
				.maxBytes(1 << 20)
				.build())
			.getConfiguration();
	}

}
