// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.util.Comparator;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.FieldError;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Turns every failure of a request into an RFC 9457 problem. What the client did wrong is
 * named by field; what went wrong inside is logged and not told.
 */
@RestControllerAdvice
class ProblemDetails extends ResponseEntityExceptionHandler {

	private static final Log log = LogFactory.getLog(ProblemDetails.class);

	@Override
	protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(MethodArgumentNotValidException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		List<InvalidField> errors = ex.getBindingResult()
			.getFieldErrors()
			.stream()
			.map(ProblemDetails::invalidField)
			.sorted(Comparator.comparing(InvalidField::field).thenComparing(InvalidField::message))
			.toList();
		return badRequest(ex, errors, headers, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(HttpMessageNotReadableException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		return badRequest(ex, unreadable(ex.getCause()), headers, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleTypeMismatch(TypeMismatchException ex, HttpHeaders headers,
			HttpStatusCode status, WebRequest request) {
		String name = (ex instanceof MethodArgumentTypeMismatchException argument) ? argument.getName()
				: String.valueOf(ex.getPropertyName());
		Class<?> type = ex.getRequiredType();
		String expected = (type != null) ? type.getSimpleName() : "value of another type";
		return badRequest(ex, List.of(new InvalidField(JsonPaths.snakeCase(name), "is not a valid " + expected)),
				headers, request);
	}

	@ExceptionHandler
	ProblemDetail handleUnexpected(RuntimeException ex, HttpServletRequest request) {
		ServerHttpObservationFilter.findObservationContext(request).ifPresent((context) -> context.setError(ex));
		log.error("Request failed", ex);
		return ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR, "The request could not be handled.");
	}

	private @Nullable ResponseEntity<Object> badRequest(Exception ex, List<InvalidField> errors, HttpHeaders headers,
			WebRequest request) {
		return handleExceptionInternal(ex, InvalidRequestException.problem(errors), headers, HttpStatus.BAD_REQUEST,
				request);
	}

	private static InvalidField invalidField(FieldError error) {
		return new InvalidField(JsonPaths.snakeCase(error.getField()), String.valueOf(error.getDefaultMessage()));
	}

	private static List<InvalidField> unreadable(@Nullable Throwable cause) {
		if (!(cause instanceof JacksonException json)) {
			return List.of(new InvalidField("body", "is missing or not readable"));
		}
		String path = JsonPaths.of(json);
		if (path.isEmpty()) {
			return List.of(new InvalidField("body", "is not valid JSON of the expected shape"));
		}
		return List.of(new InvalidField(path, "has the wrong type or is malformed"));
	}

}
