// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

/**
 * Asks a carrier what it takes for a parcel.
 *
 * @param pieces how many pieces are in it
 */
record QuoteRequest(int pieces) {

}
