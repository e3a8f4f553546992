// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.List;
import java.util.function.Predicate;

import io.tracing.nats.SubjectPatterns;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is special about NATS.
 *
 * @param enabled Whether NATS is traced.
 * @param propagation Whether messages that are sent carry their context in their headers.
 * @param captureKey Whether the key of an entry in a key-value bucket becomes an
 * attribute of its spans.
 * @param settleSpans Whether the settlement of JetStream messages (ack, nak, term,
 * inProgress) has spans.
 * @param advisories Whether a message that JetStream gives up on, because it was
 * delivered too often, ends its trace with a span that says so. For this, connections
 * subscribe to the server's advisories about the consumers they use.
 * @param include Subjects to trace, with '*' for one token and '>' for the rest. Empty
 * means all.
 * @param exclude Subjects not to trace, with '*' for one token and '>' for the rest.
 * Stronger than include.
 * @param untrusted Subjects whose messages come from strangers, with '*' for one token
 * and '>' for the rest. Their context is linked to but not continued, and their baggage
 * is dropped.
 * @param subjectTemplates Patterns that published subjects are made from, such as
 * 'orders.*.created'. They name spans and metrics instead of subjects with an id in them.
 * @param dualWrite Settings of the context in the body, beside that in the headers.
 */
@ConfigurationProperties("tracing.nats")
record NatsTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean propagation,
		@DefaultValue("true") boolean captureKey, @DefaultValue("true") boolean settleSpans,
		@DefaultValue("true") boolean advisories, @DefaultValue List<String> include,
		@DefaultValue List<String> exclude, @DefaultValue List<String> untrusted,
		@DefaultValue List<String> subjectTemplates, @DefaultValue DualWrite dualWrite) {

	NatsTracingProperties {
		validate("tracing.nats.include", include);
		validate("tracing.nats.exclude", exclude);
		validate("tracing.nats.untrusted", untrusted);
		validate("tracing.nats.subject-templates", subjectTemplates);
	}

	SubjectPatterns subjects() {
		return SubjectPatterns.of(this.include, this.exclude);
	}

	Predicate<String> untrustedSubjects() {
		return these(this.untrusted);
	}

	private static Predicate<String> these(List<String> patterns) {
		return patterns.isEmpty() ? (subject) -> false : SubjectPatterns.of(patterns, List.of());
	}

	private static void validate(String property, List<String> patterns) {
		for (String pattern : patterns) {
			if (!SubjectPatterns.isValid(pattern)) {
				throw new InvalidTracingPropertyException(property, pattern, "it is not a pattern of subjects",
						"Use tokens that '.' separates, with '*' for one token and '>' for all that follow, such as"
								+ " 'orders.*.created' or 'orders.>'.");
			}
		}
	}

	/**
	 * Settings of the context in the body, beside that in the headers.
	 *
	 * @param subjects Subjects whose bodies carry the context as well, if they are JSON
	 * objects, with '*' for one token and '>' for the rest.
	 * @param field Field of the JSON object that takes the traceparent.
	 */
	record DualWrite(@DefaultValue List<String> subjects, @DefaultValue("trace_parent") String field) {

		DualWrite {
			validate("tracing.nats.dual-write.subjects", subjects);
			if (!field.matches("[\\w.-]+")) {
				throw new InvalidTracingPropertyException("tracing.nats.dual-write.field", field,
						"it is not the name of a field",
						"Use letters, digits, '_', '-' and '.', such as 'trace_parent'.");
			}
		}

		Predicate<String> predicate() {
			return these(this.subjects);
		}

	}

}
