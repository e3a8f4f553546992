// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import jakarta.validation.Valid;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import io.tracing.orderflow.service.OrderScope;

/**
 * The HTTP interface of the inventory service.
 */
@RestController
class InventoryController {

	private static final Log logger = LogFactory.getLog(InventoryController.class);

	private final Warehouse warehouse;

	private final StockRepository stock;

	private final InventoryProperties properties;

	private final OrderScope scope;

	InventoryController(Warehouse warehouse, StockRepository stock, InventoryProperties properties, OrderScope scope) {
		this.warehouse = warehouse;
		this.stock = stock;
		this.properties = properties;
		this.scope = scope;
	}

	@PostMapping("/reservations")
	Reservation reserve(@Valid @RequestBody ReservationRequest request) {
		return this.scope.call(request.orderId(), () -> {
			Map<String, Integer> quantities = request.quantities();
			refuseBrokenItems(quantities);
			ReservationOutcome outcome = this.warehouse.reserve(request.orderId(), quantities);
			if (outcome.rejection() != null) {
				logger.info("Reservation rejected: " + outcome.detail());
				throw new ReservationRejectedException(outcome.rejection(), String.valueOf(outcome.detail()));
			}
			logger.info("Stock reserved: " + quantities);
			return new Reservation(request.orderId(),
					quantities.entrySet()
						.stream()
						.map((entry) -> new ReservationItem(entry.getKey(), entry.getValue()))
						.toList());
		});
	}

	@DeleteMapping("/reservations/{orderId}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void release(@PathVariable UUID orderId) {
		this.scope.run(orderId, () -> {
			this.warehouse.release(orderId);
			logger.info("Stock released");
		});
	}

	@GetMapping("/stock")
	List<StockLevel> stock() {
		return this.stock.findAll();
	}

	@GetMapping("/stock/{itemId}")
	StockLevel stock(@PathVariable String itemId) {
		return this.stock.find(itemId)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no item " + itemId + "."));
	}

	private void refuseBrokenItems(Map<String, Integer> quantities) {
		for (String itemId : this.properties.brokenItems()) {
			if (quantities.containsKey(itemId)) {
				logger.warn("Shelf of " + itemId + " is out of order");
				throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE,
						"The shelf of item " + itemId + " is out of order.");
			}
		}
	}

}
