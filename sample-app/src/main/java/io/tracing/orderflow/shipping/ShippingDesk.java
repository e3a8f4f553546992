// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

import io.tracing.orderflow.nats.DurableConsumer;
import io.tracing.orderflow.nats.ShipmentStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.stereotype.Service;

/**
 * Ships orders: finds a carrier, keeps what was agreed, tells the world. Each step may be
 * repeated without harm, because after a failure the message comes again.
 */
@Service
class ShippingDesk implements DurableConsumer.Listener<ShipmentRequested> {

	private static final Log logger = LogFactory.getLog(ShippingDesk.class);

	private final Carriers carriers;

	private final ShipmentBook book;

	private final ShipmentStream stream;

	ShippingDesk(Carriers carriers, ShipmentBook book, ShipmentStream stream) {
		this.carriers = carriers;
		this.book = book;
		this.stream = stream;
	}

	@Override
	public void onMessage(ShipmentRequested request) {
		Quote quote = this.carriers.quote(request);
		Shipment shipment = this.book.enter(Shipment.of(request.orderId(), quote));
		this.stream.publish(ShipmentStream.CREATED, request.orderId(), shipment);
		logger.info("Shipment created: " + shipment.carrier() + " " + shipment.trackingNumber());
	}

	@Override
	public void onGivenUp(ShipmentRequested request, RuntimeException failure) {
		String reason = (failure instanceof NoCarrierException) ? "no_carrier" : "processing_failed";
		this.stream.publish(ShipmentStream.FAILED, request.orderId(), new ShipmentFailed(request.orderId(), reason));
	}

}
