// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.email;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long it takes to send a mail.
 *
 * @param minDelay the shortest time
 * @param maxDelay the longest time
 */
@ConfigurationProperties("orderflow.email")
record EmailProperties(@DefaultValue("50ms") Duration minDelay, @DefaultValue("200ms") Duration maxDelay) {

}
