// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import jakarta.validation.Valid;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import io.tracing.orderflow.service.InvalidField;
import io.tracing.orderflow.service.InvalidRequestException;
import io.tracing.orderflow.service.OrderScope;

/**
 * The HTTP interface of the orders service.
 */
@RestController
class OrderController {

	private static final int MAX_PAGE_SIZE = 200;

	private final OrderDesk desk;

	private final OrderRepository orders;

	private final OrderScope scope;

	OrderController(OrderDesk desk, OrderRepository orders, OrderScope scope) {
		this.desk = desk;
		this.orders = orders;
		this.scope = scope;
	}

	@PostMapping("/orders")
	ResponseEntity<Order> place(@Valid @RequestBody NewOrder request) {
		Order order = this.desk.place(request);
		return ResponseEntity.created(URI.create("/orders/" + order.id())).body(order);
	}

	@GetMapping("/orders/{id}")
	Order get(@PathVariable UUID id) {
		return this.scope.call(id, () -> this.desk.get(id));
	}

	@PatchMapping("/orders/{id}/status")
	Order change(@PathVariable UUID id, @Valid @RequestBody StatusChange change) {
		return this.desk.complete(id, change.status(), change.reason());
	}

	@GetMapping("/orders")
	List<Order> list(@RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "50") int size) {
		check(page, size);
		return this.orders.page(page, size);
	}

	@GetMapping("/orders-nplus1")
	List<Order> listSlowly(@RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "50") int size) {
		check(page, size);
		return this.orders.pageWithOneStatementPerOrder(page, size);
	}

	private static void check(int page, int size) {
		List<InvalidField> errors = new ArrayList<>();
		if (page < 0) {
			errors.add(new InvalidField("page", "must not be negative"));
		}
		if (size < 1 || size > MAX_PAGE_SIZE) {
			errors.add(new InvalidField("size", "must be between 1 and " + MAX_PAGE_SIZE));
		}
		if (!errors.isEmpty()) {
			throw new InvalidRequestException(errors);
		}
	}

}
