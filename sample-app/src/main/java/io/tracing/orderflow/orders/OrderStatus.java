// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Where an order stands. An order leaves {@link #PENDING} once and never changes again.
 */
enum OrderStatus {

	PENDING, CONFIRMED, CANCELLED, FAILED;

	@JsonCreator
	static OrderStatus of(String value) {
		return valueOf(value.toUpperCase(Locale.ROOT));
	}

	@JsonValue
	String value() {
		return name().toLowerCase(Locale.ROOT);
	}

	@Override
	public String toString() {
		return value();
	}

}
