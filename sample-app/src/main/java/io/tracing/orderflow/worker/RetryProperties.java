// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.worker;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often a message is tried again after a technical failure, before it goes to the
 * dead letters.
 *
 * @param maxRetries how often
 * @param initialInterval the pause before the first retry
 * @param multiplier by what each further pause is longer
 * @param maxInterval the longest pause
 */
@ConfigurationProperties("orderflow.worker.retry")
record RetryProperties(@DefaultValue("2") int maxRetries, @DefaultValue("300ms") Duration initialInterval,
		@DefaultValue("2") double multiplier, @DefaultValue("5s") Duration maxInterval) {

}
