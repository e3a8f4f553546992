// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.List;
import java.util.function.Predicate;

import io.tracing.kafka.ListenerPatterns;
import io.tracing.kafka.TopicPatterns;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is special about Kafka.
 *
 * @param enabled Whether Kafka is traced.
 * @param captureKey Whether the key of a record becomes an attribute of its spans.
 * @param propagation Whether sends write their context into the headers of records.
 * @param include Topics to trace, with '*' for any run of characters. Empty means all.
 * @param exclude Topics not to trace, with '*' for any run of characters. Stronger than
 * include.
 * @param untrusted Topics whose records come from strangers, with '*' for any run of
 * characters. Their context is linked to but not continued, and their baggage is dropped.
 * @param includeListeners Ids of listeners to trace, with '*' for any run of characters.
 * Empty means all.
 * @param excludeListeners Ids of listeners not to trace, with '*' for any run of
 * characters. Stronger than include-listeners.
 * @param observation What becomes of Spring Kafka's own observation where it is switched
 * on.
 * @param consumer Settings of the consuming side.
 */
@ConfigurationProperties("tracing.kafka")
record KafkaTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean captureKey,
		@DefaultValue("true") boolean propagation, @DefaultValue List<String> include,
		@DefaultValue List<String> exclude, @DefaultValue List<String> untrusted,
		@DefaultValue List<String> includeListeners, @DefaultValue List<String> excludeListeners,
		@DefaultValue("yield") SpringObservation observation, @DefaultValue Consumer consumer) {

	KafkaTracingProperties {
		validate("tracing.kafka.include", include);
		validate("tracing.kafka.exclude", exclude);
		validate("tracing.kafka.untrusted", untrusted);
		validateListeners("tracing.kafka.include-listeners", includeListeners);
		validateListeners("tracing.kafka.exclude-listeners", excludeListeners);
	}

	TopicPatterns topics() {
		return TopicPatterns.of(this.include, this.exclude);
	}

	Predicate<String> untrustedTopics() {
		return this.untrusted.isEmpty() ? (topic) -> false : TopicPatterns.of(this.untrusted, List.of());
	}

	ListenerPatterns listeners() {
		return ListenerPatterns.of(this.includeListeners, this.excludeListeners);
	}

	private static void validateListeners(String property, List<String> patterns) {
		for (String pattern : patterns) {
			if (pattern.isBlank()) {
				throw new InvalidTracingPropertyException(property, pattern, "it is blank",
						"Use the id of a listener, with '*' for any run of characters, such as 'audit-*'.");
			}
		}
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

	/**
	 * Settings of the consuming side.
	 *
	 * @param recordSpansInBatch Whether each record of a batch has a process span of its
	 * own, beside that of the batch.
	 * @param pollSpans Whether the polls of listener containers have spans. Polls of the
	 * application itself always do.
	 * @param commitSpans Whether commits have spans.
	 */
	record Consumer(@DefaultValue("false") boolean recordSpansInBatch, @DefaultValue("false") boolean pollSpans,
			@DefaultValue("false") boolean commitSpans) {

	}

}
