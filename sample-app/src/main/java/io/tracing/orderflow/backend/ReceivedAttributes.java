// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.backend;

import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;

/**
 * Attributes that came over the wire. Arrays are of texts here: nobody looks at others.
 */
final class ReceivedAttributes {

	private ReceivedAttributes() {
	}

	static Attributes of(List<KeyValue> received) {
		AttributesBuilder attributes = Attributes.builder();
		for (KeyValue attribute : received) {
			String key = attribute.getKey();
			AnyValue value = attribute.getValue();
			switch (value.getValueCase()) {
				case STRING_VALUE -> attributes.put(key, value.getStringValue());
				case INT_VALUE -> attributes.put(key, value.getIntValue());
				case DOUBLE_VALUE -> attributes.put(key, value.getDoubleValue());
				case BOOL_VALUE -> attributes.put(key, value.getBoolValue());
				case ARRAY_VALUE -> attributes.put(AttributeKey.stringArrayKey(key),
						value.getArrayValue().getValuesList().stream().map(AnyValue::getStringValue).toList());
				default -> attributes.put(key, value.toString());
			}
		}
		return attributes.build();
	}

}
