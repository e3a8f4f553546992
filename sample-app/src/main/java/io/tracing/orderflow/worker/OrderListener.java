// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.worker;

import java.util.Optional;

import io.opentelemetry.api.trace.Span;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

import io.tracing.orderflow.service.Topics;

/**
 * Sees an order through: reserves its stock, settles its status, has it shipped, tells
 * the customer. Each step may be repeated without harm, because after a failure the
 * message comes again.
 */
@Component
class OrderListener {

	private static final Log logger = LogFactory.getLog(OrderListener.class);

	private final InventoryClient inventory;

	private final OrdersClient orders;

	private final ShippingClient shipping;

	private final EmailClient emails;

	OrderListener(InventoryClient inventory, OrdersClient orders, ShippingClient shipping, EmailClient emails) {
		this.inventory = inventory;
		this.orders = orders;
		this.shipping = shipping;
		this.emails = emails;
	}

	@KafkaListener(topics = Topics.ORDER_CREATED, groupId = "notification-worker")
	void onOrderCreated(OrderCreated order) {
		Optional<String> rejection = this.inventory.reserve(order);
		if (rejection.isPresent()) {
			cancel(order, rejection.get());
		}
		else {
			confirm(order);
		}
	}

	private void confirm(OrderCreated order) {
		this.orders.confirm(order.orderId());
		// Before the mail: one that can't be sent keeps no parcel back.
		this.shipping.requestShipment(order);
		this.emails.sendConfirmation(order);
		Span.current().setAttribute("order.outcome", "confirmed");
		logger.info("Order confirmed");
	}

	private void cancel(OrderCreated order, String reason) {
		this.orders.cancel(order.orderId(), reason);
		this.emails.sendCancellation(order, reason);
		Span.current().setAttribute("order.outcome", "cancelled").setAttribute("order.outcome.reason", reason);
		logger.info("Order cancelled: " + reason);
	}

}
