// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

import org.springframework.stereotype.Component;

/**
 * A carrier that takes everything that fits into a parcel.
 */
@Component
class ParcelCarrier {

	private static final long PER_PARCEL = 490;

	private static final long PER_PIECE = 150;

	Quote quote(QuoteRequest request) {
		return new Quote("Swift Parcel", PER_PARCEL + PER_PIECE * request.pieces());
	}

}
