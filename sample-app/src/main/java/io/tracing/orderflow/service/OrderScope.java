// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.util.function.Supplier;

import io.micrometer.tracing.BaggageInScope;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.trace.Span;

/**
 * Runs code on behalf of an order. The order's id is on the current span, in the log
 * lines of this thread, and in the baggage that travels to the next services; spans that
 * start within take it from there ({@code management.tracing.baggage.tag-fields}).
 */
public final class OrderScope {

	/**
	 * The name of the attribute, of the baggage entry and of the MDC key.
	 */
	public static final String ORDER_ID = "order.id";

	private final Tracer tracer;

	OrderScope(Tracer tracer) {
		this.tracer = tracer;
	}

	/**
	 * Run code that is about one order.
	 * @param orderId the order
	 * @param action the code
	 */
	public void run(Object orderId, Runnable action) {
		call(orderId, () -> {
			action.run();
			return orderId;
		});
	}

	/**
	 * Call code that is about one order.
	 * @param <T> what it returns
	 * @param orderId the order
	 * @param action the code
	 * @return what the code returned
	 */
	public <T> T call(Object orderId, Supplier<T> action) {
		String id = orderId.toString();
		// Baggage reaches the spans that are yet to start, this one has started.
		Span.current().setAttribute(ORDER_ID, id);
		BaggageInScope baggage = this.tracer.createBaggageInScope(ORDER_ID, id);
		try {
			return action.get();
		}
		finally {
			baggage.close();
		}
	}

}
