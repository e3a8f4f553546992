// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.time.Duration;

import io.opentelemetry.api.common.AttributeKey;
import io.tracing.orderflow.testing.RunningServices;
import io.tracing.orderflow.testing.OrderFlowClient;
import io.tracing.orderflow.testing.OrderFlowClient.Stock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Proves that a consumer that is told to stop finishes what it has begun, and leaves the
 * rest to the next one.
 */
class ShutdownIntegrationTests {

	private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("order.outcome");

	private final RunningServices services = RunningServices.shared();

	private final OrderFlowClient client = new OrderFlowClient(this.services);

	@Test
	void messageInFlightIsFinishedAndItsSpanEnded() {
		Stock before = this.client.stock("ITEM-010");
		String id = this.client.placeOrder("ITEM-010:1");
		await().pollInterval(Duration.ofMillis(5))
			.atMost(Duration.ofSeconds(30))
			.until(() -> this.client.stock("ITEM-010").equals(before.reserve(1)));
		this.services.stopWorker();
		try {
			assertThat(this.client.get("gateway", "/orders/" + id).body().path("status").asString())
				.isEqualTo("confirmed");
			assertThat(this.client.emails(id)).hasSize(1);
			assertThat(this.services.spans())
				.filteredOn((span) -> span.getName().equals("process order.created")
						&& id.equals(span.getAttributes().get(RunningServices.ORDER_ID)))
				.singleElement()
				.satisfies((span) -> assertThat(span.getAttributes().get(OUTCOME)).isEqualTo("confirmed"));
		}
		finally {
			this.services.startWorker();
		}
	}

	@Test
	void orderPlacedWithoutWorkerIsConfirmedByTheNext() {
		String id;
		this.services.stopWorker();
		try {
			id = this.client.placeOrder("ITEM-010:1");
		}
		finally {
			this.services.startWorker();
		}
		assertThat(this.client.awaitCompletion(id).path("status").asString()).isEqualTo("confirmed");
	}

	@Test
	void orderConfirmedWithoutShippingIsShippedByTheNext() {
		String id;
		this.services.stopShipping();
		try {
			id = this.client.placeOrder("ITEM-007:1");
			assertThat(this.client.awaitCompletion(id).path("status").asString()).isEqualTo("confirmed");
			this.client.awaitEmails(id, 1);
			assertThat(this.client.get("gateway", "/orders/" + id).body().has("shipment")).isFalse();
		}
		finally {
			this.services.startShipping();
		}
		assertThat(this.client.awaitShipment(id).path("carrier").asString()).isEqualTo("Swift Parcel");
	}

}
