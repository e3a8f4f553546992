// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import io.tracing.orderflow.testing.RunningServices;
import io.tracing.orderflow.testing.OrderFlowClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Proves that a broker that is away costs time and no orders, by taking a real one away.
 */
class BrokerOutageIntegrationTests {

	private final RunningServices services = RunningServices.shared();

	private final OrderFlowClient client = new OrderFlowClient(this.services);

	@Test
	void orderIsAcceptedWithoutBrokerAndConfirmedWhenItIsBack() {
		String id;
		this.services.broker().stop();
		try {
			id = this.client.placeOrder("ITEM-002:1");
			assertThat(this.client.get("gateway", "/orders/" + id).body().path("status").asString())
				.isEqualTo("pending");
		}
		finally {
			this.services.broker().restart();
		}
		assertThat(this.client.awaitCompletion(id).path("status").asString()).isEqualTo("confirmed");
		this.client.awaitEmails(id, 1);
	}

	@Test
	void orderIsConfirmedWithoutNatsAndShippedWhenItIsBack() {
		String id;
		this.services.nats().stop();
		try {
			id = this.client.placeOrder("ITEM-002:1");
			assertThat(this.client.awaitCompletion(id).path("status").asString()).isEqualTo("confirmed");
		}
		finally {
			this.services.nats().restart();
		}
		assertThat(this.client.awaitShipment(id).path("carrier").asString()).isEqualTo("Swift Parcel");
		this.client.awaitEmails(id, 1);
	}

}
