// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.util.UUID;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.http.HttpStatus;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

import io.tracing.orderflow.service.Topics;

/**
 * Marks the orders as failed that the worker gave up on. An order that got as far as
 * confirmed stays confirmed.
 */
@Component
class DeadLetterListener {

	private static final Log logger = LogFactory.getLog(DeadLetterListener.class);

	private final OrderDesk desk;

	DeadLetterListener(OrderDesk desk) {
		this.desk = desk;
	}

	@KafkaListener(topics = Topics.ORDER_CREATED_DEAD_LETTER, groupId = "orders-dead-letters")
	void onDeadLetter(ConsumerRecord<String, String> record) {
		UUID orderId;
		try {
			orderId = UUID.fromString(String.valueOf(record.key()));
		}
		catch (IllegalArgumentException ex) {
			logger.warn("Dead letter of no order: offset " + record.offset() + " of partition " + record.partition());
			return;
		}
		try {
			this.desk.complete(orderId, OrderStatus.FAILED, "processing_failed");
		}
		catch (ResponseStatusException ex) {
			if (ex.getStatusCode() != HttpStatus.CONFLICT && ex.getStatusCode() != HttpStatus.NOT_FOUND) {
				throw ex;
			}
			logger.warn("Dead letter changes nothing: " + ex.getReason());
		}
	}

}
