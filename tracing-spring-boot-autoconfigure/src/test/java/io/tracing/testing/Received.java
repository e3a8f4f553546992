// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;

/**
 * A span, log record or metric as a backend has it.
 *
 * @param resource what it comes from
 * @param scope what made it
 * @param record the span, log record or metric
 * @param <T> which of them
 */
public record Received<T>(Resource resource, InstrumentationScope scope, T record) {

	/**
	 * Return the service.
	 * @return the attribute {@code service.name} of the resource, or an empty text
	 */
	public String service() {
		return this.resource.getAttributesList()
			.stream()
			.filter((attribute) -> attribute.getKey().equals("service.name"))
			.map(KeyValue::getValue)
			.findFirst()
			.map((value) -> value.getStringValue())
			.orElse("");
	}

}
