// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The subjects that servers of all versions have a delivery acknowledged on, read with
 * and without one that was read before.
 */
class JetStreamDeliveryTests {

	private static final String FIRST = "$JS.ACK.ORDERS.fulfilment.1.41.7.1764222839123456789.3";

	@ParameterizedTest
	@ValueSource(strings = { FIRST, "$JS.ACK.ORDERS.fulfilment.1.41.7.1764222839123456789",
			"$JS.ACK.hub.Ab3dE.ORDERS.fulfilment.1.41.7.1764222839123456789.3",
			"$JS.ACK.hub.Ab3dE.ORDERS.fulfilment.1.41.7.1764222839123456789.3.x7Yz" })
	void readsTheSubjectsOfAllVersions(String subject) {
		JetStreamDelivery delivery = read(subject, null);
		assertThat(delivery.stream()).isEqualTo("ORDERS");
		assertThat(delivery.consumer()).isEqualTo("fulfilment");
		assertThat(delivery.deliveryCount()).isOne();
		assertThat(delivery.streamSequence()).isEqualTo(41);
		assertThat(delivery.consumerSequence()).isEqualTo(7);
		assertThat(delivery.storedMillis()).isEqualTo(1764222839123L);
		assertThat(read(subject, delivery)).isEqualTo(delivery);
	}

	@Test
	void readsTheNextOfTheSameConsumer() {
		JetStreamDelivery delivery = read("$JS.ACK.ORDERS.fulfilment.2.9000000042.18.1764222840000000000.0",
				read(FIRST, null));
		assertThat(delivery.deliveryCount()).isEqualTo(2);
		assertThat(delivery.streamSequence()).isEqualTo(9000000042L);
		assertThat(delivery.consumerSequence()).isEqualTo(18);
		assertThat(delivery.storedMillis()).isEqualTo(1764222840000L);
		assertThat(delivery.stream()).isEqualTo("ORDERS");
		assertThat(delivery.consumer()).isEqualTo("fulfilment");
	}

	@ParameterizedTest
	@ValueSource(strings = { "$JS.ACK.ORDERS.fulfilment-eu.1.41.7.1764222839123456789.3",
			"$JS.ACK.RETURNS.fulfilment.1.41.7.1764222839123456789.3",
			"$JS.ACK.ORDERS.fulfilment.RETURNS.refunds.1.41.7.1764222839123456789.3" })
	void doesNotTakeAnotherConsumerForTheSame(String subject) {
		assertThat(read(subject, read(FIRST, null))).isEqualTo(read(subject, null));
	}

	@Test
	void knowsNothingOfOtherSubjects() {
		assertThat(JetStreamDelivery.of("$JS.ACK.ORDERS.fulfilment.1", null)).isNull();
		assertThat(JetStreamDelivery.of("$JS.ACK.ORDERS.fulfilment.1", read(FIRST, null))).isNull();
	}

	@Test
	void refusesWhatIsNoNumber() {
		assertThatExceptionOfType(NumberFormatException.class).isThrownBy(
				() -> JetStreamDelivery.of("$JS.ACK.ORDERS.fulfilment.1.x.7.1764222839123456789.3", read(FIRST, null)));
	}

	private static JetStreamDelivery read(String subject, @Nullable JetStreamDelivery previous) {
		return Objects.requireNonNull(JetStreamDelivery.of(subject, previous));
	}

}
