// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.gateway;

import java.net.URI;
import java.util.UUID;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import io.tracing.orderflow.service.OrderScope;

/**
 * The public routes. What is not listed here can't be reached from outside, above all not
 * the change of an order's status.
 */
@RestController
class GatewayController {

	private static final Log logger = LogFactory.getLog(GatewayController.class);

	private final Backend orders;

	private final Backend inventory;

	private final OrderScope scope;

	GatewayController(RestClient.Builder clients, OrderScope scope, @Value("${orderflow.orders.url}") String ordersUrl,
			@Value("${orderflow.inventory.url}") String inventoryUrl) {
		RestClient client = clients.build();
		this.orders = new Backend("orders", ordersUrl, client);
		this.inventory = new Backend("inventory", inventoryUrl, client);
		this.scope = scope;
	}

	@PostMapping("/orders")
	ResponseEntity<byte[]> placeOrder(HttpServletRequest request) {
		ResponseEntity<byte[]> response = this.orders.forward(request, "/orders");
		URI location = response.getHeaders().getLocation();
		if (location != null) {
			String orderId = location.getPath().substring(location.getPath().lastIndexOf('/') + 1);
			this.scope.run(orderId, () -> logger.info("Order accepted"));
		}
		return response;
	}

	@GetMapping("/orders")
	ResponseEntity<byte[]> orders(HttpServletRequest request) {
		return this.orders.forward(request, "/orders");
	}

	@GetMapping("/orders-nplus1")
	ResponseEntity<byte[]> ordersSlowly(HttpServletRequest request) {
		return this.orders.forward(request, "/orders-nplus1");
	}

	@GetMapping("/orders/{id}")
	ResponseEntity<byte[]> order(HttpServletRequest request, @PathVariable UUID id) {
		return this.scope.call(id, () -> this.orders.forward(request, "/orders/{id}", id));
	}

	@GetMapping("/inventory/stock")
	ResponseEntity<byte[]> stock(HttpServletRequest request) {
		return this.inventory.forward(request, "/stock");
	}

	@GetMapping("/inventory/stock/{itemId}")
	ResponseEntity<byte[]> stock(HttpServletRequest request, @PathVariable String itemId) {
		return this.inventory.forward(request, "/stock/{itemId}", itemId);
	}

}
