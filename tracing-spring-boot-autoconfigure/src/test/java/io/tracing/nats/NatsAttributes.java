// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.SemanticConventions;
import io.tracing.testing.TracedNats;

/**
 * Attributes as maps, so that a test compares all that is on a span with all that is
 * meant to be.
 */
final class NatsAttributes {

	private static final Map<String, String> RENAMED = Map.of("messaging.system", "messaging.system.name",
			"messaging.nats.stream", "nats.stream", "messaging.nats.stream.sequence", "nats.stream.sequence",
			"messaging.nats.consumer.sequence", "nats.consumer.sequence", "messaging.nats.message.delivery_count",
			"nats.message.delivery_count");

	private NatsAttributes() {
	}

	static Map<String, Object> of(SpanData span) {
		return of(span.getAttributes());
	}

	static Map<String, Object> of(Attributes attributes) {
		Map<String, Object> map = new HashMap<>();
		attributes.asMap().forEach((key, value) -> map.put(((AttributeKey<?>) key).getKey(), value));
		return map;
	}

	/**
	 * What is on every span of a connection, under the names of 1.44.
	 */
	static Map<String, Object> expected(TracedNats nats, String operationName, String operationType) {
		Map<String, Object> attributes = measured(nats, operationName);
		attributes.put("messaging.operation.type", operationType);
		attributes.put("messaging.client.id", String.valueOf(nats.raw().getServerInfo().getClientId()));
		return attributes;
	}

	/**
	 * What is on every metric of a connection, under the names of 1.44.
	 */
	static Map<String, Object> measured(TracedNats nats, String operationName) {
		URI server = URI.create(nats.server().url());
		return new HashMap<>(Map.of("messaging.system", "nats", "messaging.operation.name", operationName,
				"server.address", server.getHost(), "server.port", (long) server.getPort()));
	}

	/**
	 * The same under the names of other conventions.
	 */
	static Map<String, Object> renamed(SemanticConventions conventions, Map<String, Object> attributes) {
		Map<String, Object> result = new HashMap<>();
		attributes.forEach((name, value) -> {
			if (conventions != SemanticConventions.V1_45 || !RENAMED.containsKey(name)) {
				result.put(name, value);
			}
			if (conventions != SemanticConventions.V1_44) {
				result.put(RENAMED.getOrDefault(name, name), value);
			}
		});
		return result;
	}

}
