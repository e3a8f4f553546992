// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.gateway;

import java.io.IOException;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells the caller the trace id of each request, so that the trace is found without
 * searching. It runs inside the server span: filters without an order run last.
 */
@Component
class TraceIdFilter extends OncePerRequestFilter {

	static final String HEADER = "Trace-Id";

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		SpanContext span = Span.current().getSpanContext();
		if (span.isValid()) {
			response.setHeader(HEADER, span.getTraceId());
		}
		chain.doFilter(request, response);
	}

}
