// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the outbox is emptied.
 *
 * @param pollInterval how often it looks for rows that nobody announced
 * @param batchSize how many messages one round sends at most
 * @param minBackOff the pause after the first failed round
 * @param maxBackOff the longest pause
 */
@ConfigurationProperties("orderflow.outbox")
record OutboxProperties(@DefaultValue("500ms") Duration pollInterval, @DefaultValue("100") int batchSize,
		@DefaultValue("500ms") Duration minBackOff, @DefaultValue("5s") Duration maxBackOff) {

}
