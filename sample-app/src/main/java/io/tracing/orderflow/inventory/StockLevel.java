// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

/**
 * How much there is of an item.
 *
 * @param itemId the item
 * @param available what can still be reserved
 * @param reserved what is reserved
 */
record StockLevel(String itemId, int available, int reserved) {

}
