// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.util.Set;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Span;

/**
 * Tags a span with the key values of its observation. Those of an observation are
 * strings, OpenTelemetry wants some of them as numbers.
 */
final class NumericTags {

	private static final Set<String> NUMERIC = Set.of("http.response.status_code", "server.port");

	private NumericTags() {
	}

	static void apply(Observation.Context context, Span span) {
		for (KeyValue keyValue : context.getAllKeyValues()) {
			if (NUMERIC.contains(keyValue.getKey())) {
				span.tag(keyValue.getKey(), Long.parseLong(keyValue.getValue()));
			}
			else {
				span.tag(keyValue.getKey(), keyValue.getValue());
			}
		}
	}

}
