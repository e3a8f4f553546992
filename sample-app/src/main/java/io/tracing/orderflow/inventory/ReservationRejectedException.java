// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import java.net.URI;

import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A reservation that was turned down, as a problem with a {@code reason} for programs.
 */
final class ReservationRejectedException extends ErrorResponseException {

	private static final long serialVersionUID = 1L;

	ReservationRejectedException(Rejection rejection, String detail) {
		super(rejection.status(), problem(rejection, detail), null);
	}

	private static ProblemDetail problem(Rejection rejection, String detail) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(rejection.status(), detail);
		problem.setType(URI.create("urn:orderflow:" + rejection.reason()));
		problem.setTitle("Reservation rejected");
		problem.setProperty("reason", rejection.reason());
		return problem;
	}

}
