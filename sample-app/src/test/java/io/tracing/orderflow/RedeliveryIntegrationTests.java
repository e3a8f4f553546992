// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.List;
import java.util.UUID;

import io.tracing.orderflow.testing.Answer;
import io.tracing.orderflow.testing.RunningServices;
import io.tracing.orderflow.testing.OrderFlowClient;
import io.tracing.orderflow.testing.OrderFlowClient.Stock;
import io.tracing.orderflow.testing.OrderMessages;
import io.tracing.orderflow.testing.ShipmentMessages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Proves that a message or a request that comes again changes nothing, over real brokers
 * and a real database.
 */
class RedeliveryIntegrationTests {

	private final RunningServices services = RunningServices.shared();

	private final OrderFlowClient client = new OrderFlowClient(this.services);

	private final OrderMessages messages = new OrderMessages(this.services);

	private final ShipmentMessages shipments = new ShipmentMessages(this.services);

	@Test
	void messageDeliveredFourTimesTakesStockOnceAndSendsOneMail() {
		Stock before = this.client.stock("ITEM-008");
		String id = this.client.placeOrder("ITEM-008:3");
		this.client.awaitCompletion(id);
		this.client.awaitEmails(id, 1);
		for (int i = 0; i < 3; i++) {
			this.messages.awaitProcessed(this.messages.sendOrderCreated(id, "ITEM-008", 3));
		}
		assertThat(this.client.stock("ITEM-008")).isEqualTo(before.reserve(3));
		assertThat(this.client.emails(id)).hasSize(1);
		assertThat(this.client.get("gateway", "/orders/" + id).body().path("status").asString()).isEqualTo("confirmed");
	}

	@Test
	void shipmentRequestedAgainIsTheSameShipment() throws Exception {
		String id = this.client.placeOrder("ITEM-007:1");
		JsonNode shipment = this.client.awaitShipment(id);
		this.shipments.request("{\"order_id\":\"%s\",\"items\":[]}".formatted(id));
		this.shipments.awaitDone();
		assertThat(this.client.get("gateway", "/orders/" + id).body().path("shipment")).isEqualTo(shipment);
		assertThat(this.shipments.created(id)).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "not json", "", "[]", "{}", "{\"order_id\":\"42\"}" })
	void unreadableShipmentRequestIsGivenUpAtOnceAndHoldsUpNobody(String request) throws Exception {
		this.shipments.request(request);
		String id = this.client.placeOrder("ITEM-007:1");
		assertThat(this.client.awaitShipment(id).path("carrier").asString()).isEqualTo("Swift Parcel");
		this.shipments.awaitDone();
	}

	@Test
	void rejectionIsRepeatedEvenIfThereIsStockByThen() {
		String id = UUID.randomUUID().toString();
		Answer rejected = reserve(id, "ITEM-009", 9999);
		Answer again = reserve(id, "ITEM-009", 1);
		assertThat(rejected.status()).isEqualTo(409);
		assertThat(rejected.body().path("reason").asString()).isEqualTo("insufficient_stock");
		assertThat(again.body()).isEqualTo(rejected.body());
	}

	@Test
	void unknownItemIsToldFromInsufficientStock() {
		Answer answer = reserve(UUID.randomUUID().toString(), "NO-SUCH-ITEM", 1);
		assertThat(answer.status()).isEqualTo(422);
		assertThat(answer.body().path("reason").asString()).isEqualTo("unknown_item");
		assertThat(answer.body().path("type").asString()).isEqualTo("urn:orderflow:unknown_item");
	}

	@Test
	void reservationIsReleasedOnce() {
		Stock before = this.client.stock("ITEM-009");
		String id = UUID.randomUUID().toString();
		assertThat(reserve(id, "ITEM-009", 2).status()).isEqualTo(200);
		assertThat(this.client.stock("ITEM-009")).isEqualTo(before.reserve(2));
		for (int i = 0; i < 2; i++) {
			assertThat(this.client.exchange(HttpMethod.DELETE, "inventory", "/reservations/" + id, null).status())
				.isEqualTo(204);
			assertThat(this.client.stock("ITEM-009")).isEqualTo(before);
		}
	}

	@Test
	void concurrentRequestsForOneOrderTakeStockOnce() {
		Stock before = this.client.stock("ITEM-010");
		String id = UUID.randomUUID().toString();
		List<Integer> statuses = List.of(1, 2, 3, 4, 5, 6, 7, 8)
			.parallelStream()
			.map((number) -> reserve(id, "ITEM-010", 1).status())
			.toList();
		assertThat(statuses).containsOnly(200);
		assertThat(this.client.stock("ITEM-010")).isEqualTo(before.reserve(1));
	}

	private Answer reserve(String orderId, String itemId, int quantity) {
		return this.client.exchange(HttpMethod.POST, "inventory", "/reservations",
				"{\"order_id\":\"%s\",\"items\":[{\"item_id\":\"%s\",\"quantity\":%d}]}".formatted(orderId, itemId,
						quantity));
	}

}
