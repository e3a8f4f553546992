// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.email;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * What a mail tells.
 */
enum EmailType {

	CONFIRMATION, CANCELLATION;

	@JsonCreator
	static EmailType of(String value) {
		return valueOf(value.toUpperCase(Locale.ROOT));
	}

	@JsonValue
	String value() {
		return name().toLowerCase(Locale.ROOT);
	}

}
