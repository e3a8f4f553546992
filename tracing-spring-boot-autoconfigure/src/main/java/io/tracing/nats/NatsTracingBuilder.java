// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.List;
import java.util.function.Predicate;

import io.tracing.messaging.MessagingTracing;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link NatsTracing}.
 */
public final class NatsTracingBuilder {

	final MessagingTracing messaging;

	Predicate<String> subjects = (subject) -> true;

	Predicate<String> untrusted = (subject) -> false;

	List<String> templates = List.of();

	List<String> captureHeaders = List.of();

	boolean captureKey = true;

	boolean propagation = true;

	boolean settleSpans = true;

	boolean advisories = true;

	@Nullable DualWrite dualWrite;

	NatsTracingBuilder(MessagingTracing messaging) {
		this.messaging = messaging;
	}

	/**
	 * Choose the subjects to trace. Messages of the others pass untouched.
	 * @param subjects tells whether a subject is traced, all by default
	 * @return this builder
	 */
	public NatsTracingBuilder subjects(Predicate<String> subjects) {
		this.subjects = subjects;
		return this;
	}

	/**
	 * Choose the subjects whose messages come from strangers: there a process span is a
	 * new root that links to the incoming context, and no baggage is taken over.
	 * @param untrusted tells whether a subject is one, none by default
	 * @return this builder
	 */
	public NatsTracingBuilder untrusted(Predicate<String> untrusted) {
		this.untrusted = untrusted;
		return this;
	}

	/**
	 * Declare the patterns that published subjects are made from. A publisher, unlike a
	 * subscriber, has none, and a subject with an id in it is no name for a span.
	 * @param templates the patterns, such as {@code orders.*.created}, none by default;
	 * the first that matches counts
	 * @return this builder
	 */
	public NatsTracingBuilder templates(List<String> templates) {
		this.templates = List.copyOf(templates);
		return this;
	}

	/**
	 * Choose the headers whose values become attributes {@code messaging.header.<name>}.
	 * NATS tells upper from lower case.
	 * @param captureHeaders the names, none by default
	 * @return this builder
	 */
	public NatsTracingBuilder captureHeaders(List<String> captureHeaders) {
		this.captureHeaders = List.copyOf(captureHeaders);
		return this;
	}

	/**
	 * Choose whether the key of an entry in a key-value bucket becomes an attribute. A
	 * key can be personal data.
	 * @param captureKey whether to capture, {@code true} by default
	 * @return this builder
	 */
	public NatsTracingBuilder captureKey(boolean captureKey) {
		this.captureKey = captureKey;
		return this;
	}

	/**
	 * Choose whether a message that is sent carries its context in its headers. Without,
	 * it goes out as it came, and its consumer starts a trace of its own.
	 * @param propagation whether it does, {@code true} by default
	 * @return this builder
	 */
	public NatsTracingBuilder propagation(boolean propagation) {
		this.propagation = propagation;
		return this;
	}

	/**
	 * Choose whether the settlement of a JetStream message ({@code ack}, {@code nak},
	 * {@code term}, {@code inProgress}) has a span.
	 * @param settleSpans whether it has, {@code true} by default
	 * @return this builder
	 */
	public NatsTracingBuilder settleSpans(boolean settleSpans) {
		this.settleSpans = settleSpans;
		return this;
	}

	/**
	 * Choose whether a message that JetStream gives up on, because it was delivered as
	 * often as its consumer allows, ends its trace with a span that says so. For this the
	 * connection subscribes to the server's advisories.
	 * @param advisories whether it has, {@code true} by default
	 * @return this builder
	 */
	public NatsTracingBuilder advisories(boolean advisories) {
		this.advisories = advisories;
		return this;
	}

	/**
	 * Write the context into the body of messages as well, for consumers that see no
	 * headers, and read it from there where the headers have none. Bodies that are no
	 * JSON objects are left alone.
	 * @param subjects tells on which subjects
	 * @param field the name of the field that takes a {@code traceparent}; letters,
	 * digits, {@code _}, {@code -} and {@code .}
	 * @return this builder
	 * @throws IllegalArgumentException if the field can't have that name
	 */
	public NatsTracingBuilder dualWrite(Predicate<String> subjects, String field) {
		if (!field.matches("[\\w.-]+")) {
			throw new IllegalArgumentException(
					"field '%s' must consist of letters, digits, '_', '-' and '.'".formatted(field));
		}
		this.dualWrite = new DualWrite(subjects, field);
		return this;
	}

	/**
	 * Build the instance.
	 * @return the instance
	 */
	public NatsTracing build() {
		return new NatsTracing(this);
	}

}
