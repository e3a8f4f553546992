// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.server.ResponseStatusException;

import io.tracing.orderflow.service.OrderScope;
import io.tracing.orderflow.service.Topics;

/**
 * Takes orders and moves them on.
 */
@Service
class OrderDesk {

	private static final Log logger = LogFactory.getLog(OrderDesk.class);

	private final OrderRepository orders;

	private final Outbox outbox;

	private final OutboxRelay relay;

	private final TransactionOperations transactions;

	private final OrderScope scope;

	OrderDesk(OrderRepository orders, Outbox outbox, OutboxRelay relay, TransactionOperations transactions,
			OrderScope scope) {
		this.orders = orders;
		this.outbox = outbox;
		this.relay = relay;
		this.transactions = transactions;
		this.scope = scope;
	}

	/**
	 * Store an order and the message about it, both or neither.
	 */
	Order place(NewOrder request) {
		// PostgreSQL keeps microseconds: what is returned now is what is read later.
		Order order = new Order(UUID.randomUUID(), request.customerId(), request.items(), request.total(),
				OrderStatus.PENDING, null, Instant.now().truncatedTo(ChronoUnit.MICROS), null);
		this.scope.run(order.id(), () -> {
			this.transactions.executeWithoutResult((status) -> {
				this.orders.insert(order);
				this.outbox.append(Topics.ORDER_CREATED, order.id().toString(), OrderCreated.of(order));
			});
			logger.info("Order placed: " + order.items().size() + " item(s), total " + order.total());
		});
		this.relay.wakeUp();
		return order;
	}

	/**
	 * Move a pending order on. Asking for the status that it already has changes nothing
	 * and succeeds, so that a caller who got no answer may ask again.
	 */
	Order complete(UUID id, OrderStatus status, @Nullable String reason) {
		return this.scope.call(id, () -> {
			Optional<Order> changed = this.orders.complete(id, status, reason);
			if (changed.isPresent()) {
				logger.info("Order " + status + ((reason != null) ? ": " + reason : ""));
				return changed.get();
			}
			Order order = get(id);
			if (order.status() != status) {
				throw new ResponseStatusException(HttpStatus.CONFLICT,
						"Order " + id + " is " + order.status() + " and can't become " + status + ".");
			}
			return order;
		});
	}

	/**
	 * Note what became of the shipment of an order. A carrier that takes it is the last
	 * word.
	 */
	void ship(UUID id, Shipment shipment) {
		this.scope.run(id, () -> {
			boolean noted = this.orders.ship(id, shipment);
			String what = (shipment.failure() != null) ? "not shipped: " + shipment.failure()
					: "shipped by " + shipment.carrier();
			logger.info(noted ? "Order " + what : "Nothing to note: order " + what);
		});
	}

	Order get(UUID id) {
		return this.orders.find(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no order " + id + "."));
	}

}
