// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import java.util.Locale;

import org.springframework.http.HttpStatus;

/**
 * Why a reservation was turned down. These are answers, not failures: asking again is
 * pointless.
 */
enum Rejection {

	UNKNOWN_ITEM(HttpStatus.UNPROCESSABLE_CONTENT),

	INSUFFICIENT_STOCK(HttpStatus.CONFLICT);

	private final HttpStatus status;

	Rejection(HttpStatus status) {
		this.status = status;
	}

	static Rejection of(String reason) {
		return valueOf(reason.toUpperCase(Locale.ROOT));
	}

	HttpStatus status() {
		return this.status;
	}

	String reason() {
		return name().toLowerCase(Locale.ROOT);
	}

}
