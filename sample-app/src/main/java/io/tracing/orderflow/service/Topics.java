// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import org.apache.kafka.clients.admin.NewTopic;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;

/**
 * The topics of OrderFlow. Each service that uses them declares them, so that it does not
 * matter which one starts first.
 */
@Configuration(proxyBeanMethods = false)
public class Topics {

	/**
	 * An order was placed. The key is the order id.
	 */
	public static final String ORDER_CREATED = "order.created";

	/**
	 * Orders that the worker gave up on, with the reason in the headers.
	 */
	public static final String ORDER_CREATED_DEAD_LETTER = ORDER_CREATED + "-dlt";

	// A dead letter goes to the partition that its record came from.
	private static final int PARTITIONS = 3;

	@Bean
	NewTopic orderCreatedTopic() {
		return TopicBuilder.name(ORDER_CREATED).partitions(PARTITIONS).replicas(1).build();
	}

	@Bean
	NewTopic orderCreatedDeadLetterTopic() {
		return TopicBuilder.name(ORDER_CREATED_DEAD_LETTER).partitions(PARTITIONS).replicas(1).build();
	}

}
