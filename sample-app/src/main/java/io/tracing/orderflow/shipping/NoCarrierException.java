// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

/**
 * No carrier has answered.
 */
final class NoCarrierException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	NoCarrierException(String subject) {
		super("no carrier answers " + subject);
	}

}
