// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

import java.time.Duration;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How carriers are asked, and what none takes.
 *
 * @param quoteTimeout how long a carrier is waited for
 * @param freightItems items that only freight carriers take, of which there are none, to
 * show what requests without responders and redeliveries look like
 */
@ConfigurationProperties("orderflow.shipping")
record ShippingProperties(@DefaultValue("2s") Duration quoteTimeout, @DefaultValue Set<String> freightItems) {

}
