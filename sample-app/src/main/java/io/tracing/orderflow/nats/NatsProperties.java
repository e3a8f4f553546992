// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.nats;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where NATS is, and how often a message comes again.
 *
 * @param url the server
 * @param connectLimit how long a server that is not there yet is waited for at the start
 * @param maxDeliveries how often a message is delivered until it is given up
 * @param redeliveryDelay the pause before a message that failed comes again
 * @param ackWait when a message comes again of which nobody said what became of it
 */
@ConfigurationProperties("orderflow.nats")
record NatsProperties(String url, @DefaultValue("30s") Duration connectLimit, @DefaultValue("3") int maxDeliveries,
		@DefaultValue("500ms") Duration redeliveryDelay, @DefaultValue("30s") Duration ackWait) {

}
