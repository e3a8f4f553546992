// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.worker;

import java.util.Map;
import java.util.UUID;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * The worker's access to the orders service.
 */
@Component
class OrdersClient {

	private final RestClient client;

	OrdersClient(RestClient.Builder builder, @Value("${orderflow.orders.url}") String url) {
		this.client = builder.baseUrl(url).build();
	}

	void confirm(UUID orderId) {
		change(orderId, Map.of("status", "confirmed"));
	}

	void cancel(UUID orderId, String reason) {
		change(orderId, Map.of("status", "cancelled", "reason", reason));
	}

	private void change(UUID orderId, Map<String, String> change) {
		this.client.patch().uri("/orders/{id}/status", orderId).body(change).retrieve().toBodilessEntity();
	}

}
