// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import io.opentelemetry.api.common.AttributeKey;
import io.tracing.messaging.Faults;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The headers whose values become attributes. None, unless the user names them: what is
 * in a header can be a secret.
 */
final class CapturedHeaders {

	private final Map<String, AttributeKey<List<String>>> keys = new LinkedHashMap<>();

	private final Faults faults;

	CapturedHeaders(List<String> names, Faults faults) {
		names.forEach((name) -> this.keys.put(name, AttributeKey.stringArrayKey("messaging.header." + name)));
		this.faults = faults;
	}

	boolean isEmpty() {
		return this.keys.isEmpty();
	}

	/**
	 * Hand over the values of each named header that a record has.
	 */
	void forEach(Headers headers, BiConsumer<AttributeKey<List<String>>, List<String>> attributes) {
		try {
			this.keys.forEach((name, key) -> {
				List<String> values = values(headers, name);
				if (!values.isEmpty()) {
					attributes.accept(key, values);
				}
			});
		}
		catch (Throwable ex) {
			this.faults.report("capturing the headers of a record", ex);
		}
	}

	private static List<String> values(Headers headers, String name) {
		List<String> values = new ArrayList<>();
		for (Header header : headers.headers(name)) {
			byte[] value = header.value();
			if (value != null) {
				values.add(new String(value, StandardCharsets.UTF_8));
			}
		}
		return values;
	}

}
