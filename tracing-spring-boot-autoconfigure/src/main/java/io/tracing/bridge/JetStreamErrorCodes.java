// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

/**
 * What JetStream calls its errors, where more than one class has to know.
 */
final class JetStreamErrorCodes {

	static final int CONSUMER_NOT_FOUND = 10014;

	static final int STREAM_NOT_FOUND = 10059;

	private JetStreamErrorCodes() {
	}

}
