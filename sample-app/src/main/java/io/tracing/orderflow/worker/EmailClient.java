// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.worker;

import java.util.UUID;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * The worker's access to the email service.
 */
@Component
class EmailClient {

	private final RestClient client;

	EmailClient(RestClient.Builder builder, @Value("${orderflow.email.url}") String url) {
		this.client = builder.baseUrl(url).build();
	}

	void sendConfirmation(OrderCreated order) {
		send(new Email(order.orderId(), "confirmation", address(order), "Order Confirmation: " + order.orderId(),
				"Your order " + order.orderId() + " with " + order.items().size() + " item(s) has been confirmed."));
	}

	void sendCancellation(OrderCreated order, String reason) {
		send(new Email(order.orderId(), "cancellation", address(order), "Order Cancelled: " + order.orderId(),
				"Your order " + order.orderId() + " was cancelled (" + reason.replace('_', ' ')
						+ "). What you paid will be reimbursed."));
	}

	private void send(Email email) {
		this.client.post().uri("/send").body(email).retrieve().toBodilessEntity();
	}

	private static String address(OrderCreated order) {
		return order.customerId() + "@example.com";
	}

	private record Email(UUID orderId, String type, String to, String subject, String body) {

	}

}
