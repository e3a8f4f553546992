// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.nats.client.impl.Headers;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The headers whose values become attributes. None, unless the user names them: what is
 * in a header can be a secret.
 */
final class CapturedHeaders {

	private final Map<String, AttributeKey<List<String>>> keys = new LinkedHashMap<>();

	CapturedHeaders(List<String> names) {
		names.forEach((name) -> this.keys.put(name, AttributeKey.stringArrayKey("messaging.header." + name)));
	}

	void set(SpanBuilder builder, @Nullable Headers headers) {
		if (headers == null || this.keys.isEmpty()) {
			return;
		}
		this.keys.forEach((name, key) -> {
			List<String> values = headers.get(name);
			if (values != null) {
				builder.setAttribute(key, values);
			}
		});
	}

}
