// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.util.List;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A request that is refused with status 400 and the fields that are to blame.
 */
public final class InvalidRequestException extends ErrorResponseException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param errors the fields to blame
	 */
	public InvalidRequestException(List<InvalidField> errors) {
		super(HttpStatus.BAD_REQUEST, problem(errors), null);
	}

	static ProblemDetail problem(List<InvalidField> errors) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST,
				errors.isEmpty() ? "The request is not valid." : errors.size() + " field(s) are not valid.");
		problem.setTitle("Invalid request");
		problem.setProperty("errors", errors);
		return problem;
	}

}
