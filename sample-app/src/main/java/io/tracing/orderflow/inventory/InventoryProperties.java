// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What goes wrong on purpose.
 *
 * @param brokenItems items whose reservation fails with status 503, to show what retries
 * and dead letters look like
 */
@ConfigurationProperties("orderflow.inventory")
record InventoryProperties(@DefaultValue Set<String> brokenItems) {

}
