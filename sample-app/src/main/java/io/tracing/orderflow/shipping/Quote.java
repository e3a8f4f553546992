// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

/**
 * What a carrier offers.
 *
 * @param carrier its name
 * @param price what it takes, in minor units
 */
record Quote(String carrier, long price) {

}
