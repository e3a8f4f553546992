// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.List;

import io.tracing.kafka.TopicPatterns;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is special about Kafka.
 *
 * @param enabled Whether Kafka is traced.
 * @param captureKey Whether the key of a record becomes an attribute of its spans.
 * @param include Topics to trace, with '*' for any run of characters. Empty means all.
 * @param exclude Topics not to trace, with '*' for any run of characters. Stronger than
 * include.
 */
@ConfigurationProperties("tracing.kafka")
record KafkaTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean captureKey,
		@DefaultValue List<String> include, @DefaultValue List<String> exclude) {

	KafkaTracingProperties {
		validate("tracing.kafka.include", include);
		validate("tracing.kafka.exclude", exclude);
	}

	TopicPatterns topics() {
		return TopicPatterns.of(this.include, this.exclude);
	}

	private static void validate(String property, List<String> patterns) {
		for (String pattern : patterns) {
			if (!TopicPatterns.isValid(pattern)) {
				throw new InvalidTracingPropertyException(property, pattern, "it is not a pattern of topics",
						"Use the name of a topic (letters, digits, '.', '_' and '-'), with '*' for any run of"
								+ " characters, such as 'orders.*'.");
			}
		}
	}

}
