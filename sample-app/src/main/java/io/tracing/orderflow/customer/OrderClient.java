// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.customer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A customer: places orders at the gateway. Not traced itself, so every order begins a
 * trace.
 */
public final class OrderClient {

	/** Two line items that are in stock. */
	public static final String ORDER = order("ITEM-001", "ITEM-007");

	/** An item that inventory always fails to reserve. */
	public static final String FAILING_ORDER = order("ITEM-013");

	/** An item that no carrier takes. */
	public static final String UNSHIPPABLE_ORDER = order("ITEM-012");

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(Duration.ofSeconds(5))
		.build();

	private final URI gateway;

	public OrderClient(URI gateway) {
		this.gateway = gateway;
	}

	/**
	 * The body of an order for one of each item.
	 * @param items the items' ids
	 * @return the body
	 */
	public static String order(String... items) {
		StringBuilder lines = new StringBuilder();
		for (String item : items) {
			lines.append(lines.isEmpty() ? "" : ",")
				.append("{\"item_id\":\"" + item + "\",\"quantity\":1,\"price\":1999}");
		}
		return "{\"customer_id\":\"ada\",\"items\":[" + lines + "]}";
	}

	/**
	 * Places an order.
	 * @param body the order
	 * @return the answer
	 */
	public PlacedOrder place(String body) {
		return placed(send(request(body)));
	}

	/**
	 * Asks whether an order is still to be dealt with.
	 * @param orderId the order's id
	 * @return whether its status may change
	 */
	public boolean isPending(String orderId) {
		HttpRequest request = HttpRequest.newBuilder(this.gateway.resolve("/orders/" + orderId))
			.timeout(Duration.ofSeconds(30))
			.build();
		return send(request).body().contains("\"status\":\"pending\"");
	}

	private HttpResponse<String> send(HttpRequest request) {
		try {
			return this.client.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("the gateway at " + this.gateway + " did not answer", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while waiting for the gateway", ex);
		}
	}

	/**
	 * Places an order without waiting for the answer.
	 * @param body the order
	 * @return the answer
	 */
	public CompletableFuture<PlacedOrder> placeAsync(String body) {
		return this.client.sendAsync(request(body), HttpResponse.BodyHandlers.ofString())
			.thenApply(OrderClient::placed);
	}

	private HttpRequest request(String body) {
		return HttpRequest.newBuilder(this.gateway.resolve("/orders"))
			.header("Content-Type", "application/json")
			.timeout(Duration.ofSeconds(30))
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
	}

	private static PlacedOrder placed(HttpResponse<String> response) {
		String location = response.headers().firstValue("Location").orElse("");
		return new PlacedOrder(response.statusCode(), response.headers().firstValue("Trace-Id").orElse(""),
				location.substring(location.lastIndexOf('/') + 1), response.body());
	}

	/**
	 * What the gateway answered.
	 *
	 * @param status the HTTP status
	 * @param traceId the id of the order's trace, empty if there is none
	 * @param orderId the order's id, empty if it was not accepted
	 * @param body the body of the answer
	 */
	public record PlacedOrder(int status, String traceId, String orderId, String body) {

		/**
		 * Whether the order was accepted.
		 * @return whether it was
		 */
		public boolean isAccepted() {
			return this.status == 201;
		}

	}

}
