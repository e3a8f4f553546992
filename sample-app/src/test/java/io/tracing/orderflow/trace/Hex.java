// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.trace;

import java.util.HexFormat;

import com.google.protobuf.ByteString;

/**
 * Ids as OTLP has them.
 */
final class Hex {

	private Hex() {
	}

	static String of(ByteString bytes) {
		return HexFormat.of().formatHex(bytes.toByteArray());
	}

}
