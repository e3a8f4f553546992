// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.gateway;

import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Drops the baggage of strangers: what they write there would end up in the headers of
 * every message and on every span. Their {@code traceparent} is kept, it only names a
 * trace.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ForeignBaggageFilter extends OncePerRequestFilter {

	private static final String BAGGAGE = "baggage";

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		chain.doFilter((request.getHeader(BAGGAGE) != null) ? new WithoutBaggage(request) : request, response);
	}

	private static final class WithoutBaggage extends HttpServletRequestWrapper {

		WithoutBaggage(HttpServletRequest request) {
			super(request);
		}

		@Override
		public @Nullable String getHeader(String name) {
			return BAGGAGE.equalsIgnoreCase(name) ? null : super.getHeader(name);
		}

		@Override
		public Enumeration<String> getHeaders(String name) {
			return BAGGAGE.equalsIgnoreCase(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
		}

		@Override
		public Enumeration<String> getHeaderNames() {
			List<String> names = Collections.list(super.getHeaderNames());
			names.removeIf(BAGGAGE::equalsIgnoreCase);
			return Collections.enumeration(names);
		}

	}

}
