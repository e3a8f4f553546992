// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.List;

import io.tracing.orderflow.testing.Answer;
import io.tracing.orderflow.testing.RunningServices;
import io.tracing.orderflow.testing.OrderFlowClient;
import io.tracing.orderflow.testing.OrderFlowClient.Stock;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Proves what OrderFlow does for its customers, through the gateway, over a real broker
 * and a real database.
 */
class OrderIntegrationTests {

	private final OrderFlowClient client = new OrderFlowClient(RunningServices.shared());

	@Test
	void orderIsCreatedPending() {
		Answer answer = this.client.postOrder("""
				{"customer_id":"ada","items":[{"item_id":"ITEM-007","quantity":2,"price":1000}]}""");
		assertThat(answer.status()).isEqualTo(201);
		JsonNode order = answer.body();
		assertThat(order.path("customer_id").asString()).isEqualTo("ada");
		assertThat(order.path("status").asString()).isEqualTo("pending");
		assertThat(order.path("total").asLong()).isEqualTo(2000);
		String id = order.path("id").asString();
		assertThat(answer.headers().getLocation()).hasPath("/orders/" + id);
		assertThat(answer.headers().getFirst("Trace-Id")).matches("[0-9a-f]{32}");
		JsonNode stored = this.client.awaitCompletion(id);
		assertThat(stored.path("created_at")).isEqualTo(order.path("created_at"));
		assertThat(stored.path("items")).isEqualTo(order.path("items"));
	}

	@Test
	void stockThatIsReservedIsNoLongerAvailable() {
		Stock before = this.client.stock("ITEM-001");
		this.client.awaitCompletion(this.client.placeOrder("ITEM-001:10"));
		assertThat(this.client.stock("ITEM-001")).isEqualTo(before.reserve(10));
	}

	@Test
	void ordersAreListedNewestFirst() {
		List<String> placed = List.of(this.client.placeOrder("ITEM-007:1"), this.client.placeOrder("ITEM-007:1"),
				this.client.placeOrder("ITEM-007:1"));
		List<String> newestFirst = List.of(placed.get(2), placed.get(1), placed.get(0));
		for (String path : List.of("/orders", "/orders-nplus1")) {
			assertThat(this.client.get("gateway", path + "?size=3").body().valueStream())
				.extracting((order) -> order.path("id").asString())
				.isEqualTo(newestFirst);
		}
		assertThat(this.client.get("gateway", "/orders?size=1&page=1").body().valueStream())
			.extracting((order) -> order.path("id").asString())
			.containsExactly(placed.get(1));
		placed.forEach(this.client::awaitCompletion);
	}

	@Test
	void orderWithEnoughStockIsConfirmedAndMailed() {
		Stock before = this.client.stock("ITEM-003");
		String id = this.client.placeOrder("ITEM-003:5");
		assertThat(this.client.awaitCompletion(id).path("status").asString()).isEqualTo("confirmed");
		assertThat(this.client.stock("ITEM-003")).isEqualTo(before.reserve(5));
		JsonNode email = this.client.awaitEmails(id, 1).get(0);
		assertThat(email.path("subject").asString()).contains("Confirmation").contains(id);
		assertThat(email.path("to").asString()).isEqualTo("ada@example.com");
	}

	@Test
	void confirmedOrderIsShipped() {
		String id = this.client.placeOrder("ITEM-007:1");
		JsonNode shipment = this.client.awaitShipment(id);
		assertThat(shipment.path("carrier").asString()).isEqualTo("Swift Parcel");
		assertThat(shipment.path("tracking_number").asString()).matches("[0-9A-F]{12}");
		assertThat(shipment.has("failure")).isFalse();
	}

	@Test
	void orderThatNoCarrierTakesStaysConfirmedAndSaysSo() {
		String id = this.client.placeOrder("ITEM-012:1");
		JsonNode shipment = this.client.awaitShipment(id);
		assertThat(shipment.path("failure").asString()).isEqualTo("no_carrier");
		assertThat(shipment.has("carrier")).isFalse();
		assertThat(this.client.get("gateway", "/orders/" + id).body().path("status").asString()).isEqualTo("confirmed");
	}

	@Test
	void orderBeyondTheStockIsCancelledAndMailed() {
		Stock before = this.client.stock("ITEM-003");
		String id = this.client.placeOrder("ITEM-003:9999");
		JsonNode order = this.client.awaitCompletion(id);
		assertThat(order.path("status").asString()).isEqualTo("cancelled");
		assertThat(order.path("reason").asString()).isEqualTo("insufficient_stock");
		assertThat(this.client.stock("ITEM-003")).isEqualTo(before);
		JsonNode email = this.client.awaitEmails(id, 1).get(0);
		assertThat(email.path("subject").asString()).contains("Cancelled");
		assertThat(email.path("body").asString()).contains("reimbursed");
	}

	@Test
	void orderOfAnUnknownItemIsCancelled() {
		String id = this.client.placeOrder("NO-SUCH-ITEM:1");
		JsonNode order = this.client.awaitCompletion(id);
		assertThat(order.path("status").asString()).isEqualTo("cancelled");
		assertThat(order.path("reason").asString()).isEqualTo("unknown_item");
		this.client.awaitEmails(id, 1);
	}

	@Test
	void orderThatIsPartlyAvailableReservesNothing() {
		Stock plenty = this.client.stock("ITEM-004");
		Stock scarce = this.client.stock("ITEM-005");
		String id = this.client.placeOrder("ITEM-004:5", "ITEM-005:9999");
		assertThat(this.client.awaitCompletion(id).path("status").asString()).isEqualTo("cancelled");
		assertThat(this.client.stock("ITEM-004")).isEqualTo(plenty);
		assertThat(this.client.stock("ITEM-005")).isEqualTo(scarce);
		this.client.awaitEmails(id, 1);
	}

	@Test
	void orderMayNameAnItemTwice() {
		Stock before = this.client.stock("ITEM-006");
		String id = this.client.placeOrder("ITEM-006:2", "ITEM-006:3");
		assertThat(this.client.awaitCompletion(id).path("status").asString()).isEqualTo("confirmed");
		assertThat(this.client.stock("ITEM-006")).isEqualTo(before.reserve(5));
	}

	@Test
	void completedOrderKeepsItsStatus() {
		String id = this.client.placeOrder("ITEM-007:1");
		this.client.awaitCompletion(id);
		String path = "/orders/" + id + "/status";
		Answer again = this.client.exchange(HttpMethod.PATCH, "orders", path, "{\"status\":\"confirmed\"}");
		assertThat(again.status()).isEqualTo(200);
		Answer other = this.client.exchange(HttpMethod.PATCH, "orders", path, "{\"status\":\"cancelled\"}");
		assertThat(other.status()).isEqualTo(409);
		assertThat(other.body().path("detail").asString()).contains("confirmed").contains("cancelled");
		assertThat(this.client.get("gateway", "/orders/" + id).body().path("status").asString()).isEqualTo("confirmed");
	}

	@Test
	void statusCanNotBeChangedThroughTheGateway() {
		String id = this.client.placeOrder("ITEM-007:1");
		Answer answer = this.client.exchange(HttpMethod.PATCH, "gateway", "/orders/" + id + "/status",
				"{\"status\":\"cancelled\"}");
		assertThat(answer.status()).isEqualTo(404);
		assertThat(this.client.awaitCompletion(id).path("status").asString()).isEqualTo("confirmed");
	}

}
