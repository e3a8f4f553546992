// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

/**
 * A field of a request that can't be accepted.
 *
 * @param field the path as the client wrote it, such as {@code items[0].quantity}
 * @param message what is wrong with it
 */
public record InvalidField(String field, String message) {

}
