// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.testing;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Talks to the services as their clients do. An error status is an answer, not an
 * exception.
 */
public final class OrderFlowClient {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final RunningServices services;

	private final RestClient client = RestClient.create();

	private final JsonMapper json = JsonMapper.shared();

	/**
	 * Create a client.
	 * @param services the services to talk to
	 */
	public OrderFlowClient(RunningServices services) {
		this.services = services;
	}

	/**
	 * Send a request.
	 * @param method the HTTP method
	 * @param role the service
	 * @param path the path and query, encoded
	 * @param body the JSON body or null
	 * @return the answer
	 */
	public Answer exchange(HttpMethod method, String role, String path, @Nullable String body) {
		RestClient.RequestBodySpec request = this.client.method(method)
			.uri(URI.create(this.services.url(role) + path))
			.contentType(MediaType.APPLICATION_JSON);
		if (body != null) {
			request.body(body);
		}
		return request.exchangeForRequiredValue((sent, response) -> {
			MediaType type = response.getHeaders().getContentType();
			JsonNode node = (type != null && type.getSubtype().endsWith("json"))
					? this.json.readTree(response.getBody()) : MissingNode.getInstance();
			return new Answer(response.getStatusCode().value(), response.getHeaders(), node);
		});
	}

	/**
	 * Read from a service.
	 * @param role the service
	 * @param path the path and query, encoded
	 * @return the answer
	 */
	public Answer get(String role, String path) {
		return exchange(HttpMethod.GET, role, path, null);
	}

	/**
	 * Place an order at the gateway.
	 * @param body the JSON body
	 * @return the answer
	 */
	public Answer postOrder(String body) {
		return exchange(HttpMethod.POST, "gateway", "/orders", body);
	}

	/**
	 * Place a valid order.
	 * @param items pairs of item and quantity, such as {@code ITEM-001:2}; each costs
	 * 1000
	 * @return the order id
	 */
	public String placeOrder(String... items) {
		List<String> lines = List.of(items)
			.stream()
			.map((item) -> item.split(":"))
			.map((item) -> "{\"item_id\":\"%s\",\"quantity\":%s,\"price\":1000}".formatted(item[0], item[1]))
			.toList();
		Answer answer = postOrder("{\"customer_id\":\"ada\",\"items\":[" + String.join(",", lines) + "]}");
		assertThat(answer.status()).as("answer to %s: %s", lines, answer.body()).isEqualTo(201);
		return answer.body().path("id").asString();
	}

	/**
	 * Wait until an order has left the status {@code pending}.
	 * @param orderId the order
	 * @return the order
	 */
	public JsonNode awaitCompletion(String orderId) {
		return await("completion of order " + orderId).atMost(LIMIT)
			.until(() -> get("gateway", "/orders/" + orderId).body(),
					(order) -> !"pending".equals(order.path("status").asString()));
	}

	/**
	 * Wait until it is known what becomes of the shipment of an order.
	 * @param orderId the order
	 * @return the shipment
	 */
	public JsonNode awaitShipment(String orderId) {
		return await("shipment of order " + orderId).atMost(LIMIT)
			.until(() -> get("gateway", "/orders/" + orderId).body().path("shipment"),
					(shipment) -> !shipment.isMissingNode());
	}

	/**
	 * Wait until a number of mails about an order were sent.
	 * @param orderId the order
	 * @param count how many
	 * @return the mails
	 */
	public List<JsonNode> awaitEmails(String orderId, int count) {
		return await("mails about order " + orderId).atMost(LIMIT)
			.until(() -> emails(orderId), (emails) -> emails.size() == count);
	}

	/**
	 * Return the mails about an order.
	 * @param orderId the order
	 * @return the mails
	 */
	public List<JsonNode> emails(String orderId) {
		return get("email", "/sent/" + orderId).body().valueStream().toList();
	}

	/**
	 * Return the stock of an item.
	 * @param itemId the item
	 * @return what is available and reserved
	 */
	public Stock stock(String itemId) {
		JsonNode stock = get("gateway", "/inventory/stock/" + itemId).body();
		return new Stock(stock.path("available").asInt(), stock.path("reserved").asInt());
	}

	/**
	 * The stock of an item.
	 *
	 * @param available what can be reserved
	 * @param reserved what is reserved
	 */
	public record Stock(int available, int reserved) {

		/**
		 * Return the stock after a reservation.
		 * @param quantity how much was reserved
		 * @return the stock afterwards
		 */
		public Stock reserve(int quantity) {
			return new Stock(this.available - quantity, this.reserved + quantity);
		}

	}

}
