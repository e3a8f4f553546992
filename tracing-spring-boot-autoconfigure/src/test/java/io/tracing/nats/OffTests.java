// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Invariant 7: off means absent. And what is traced is traced once. Without a server:
 * these are questions of identity.
 */
class OffTests {

	private final Connection connection = (Connection) JnatsValues.of(Connection.class);

	@Test
	void nothingIsWrappedWithoutAnSdk() throws Exception {
		NatsTracing off = NatsTracing.create(OpenTelemetry.noop());
		assertThat(off.wrap(this.connection)).isSameAs(this.connection);
		Message message = (Message) JnatsValues.of(Message.class);
		off.process(message, (processed) -> assertThat(processed).isSameAs(message));
	}

	@Test
	void connectionIsWrappedOnce() {
		NatsTracing tracing = NatsTracing.create(OpenTelemetrySdk.builder().build());
		Connection traced = tracing.wrap(this.connection);
		assertThat(traced).isNotSameAs(this.connection);
		assertThat(tracing.wrap(traced)).isSameAs(traced);
		assertThat(tracing.wrap(this.connection)).as("the same each time").isSameAs(traced);
		NatsTracing other = NatsTracing.create(OpenTelemetrySdk.builder().build());
		assertThat(other.wrap(traced)).as("by anybody").isSameAs(traced);
		assertThat(NatsTracing.unwrap(traced)).isSameAs(this.connection);
		assertThat(NatsTracing.unwrap(this.connection)).isSameAs(this.connection);
	}

	@Test
	void connectionThatCannotBeWrappedStaysItself() {
		Connection hostile = (Connection) JnatsValues.proxy(Connection.class, (proxy, method, arguments) -> {
			throw new IllegalStateException(method.getName());
		});
		NatsTracing tracing = NatsTracing.create(OpenTelemetrySdk.builder().build());
		assertThat(tracing.wrap(hostile)).isSameAs(hostile);
		assertThat(tracing.messaging().faults().count()).isEqualTo(1);
	}

	@Test
	void objectsOfOneConnectionAreEqualIfTheirObjectsAre() {
		Connection traced = NatsTracing.create(OpenTelemetrySdk.builder().build()).wrap(this.connection);
		assertThat(traced).isEqualTo(traced)
			.hasSameHashCodeAs(traced)
			.isNotEqualTo(this.connection)
			.isNotEqualTo(null)
			.hasToString("traced Connection");
	}

}
