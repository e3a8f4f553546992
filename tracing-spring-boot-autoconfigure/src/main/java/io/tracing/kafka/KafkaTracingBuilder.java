// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.function.Predicate;

import io.tracing.messaging.MessagingTracing;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link KafkaTracing}.
 */
public final class KafkaTracingBuilder {

	final MessagingTracing messaging;

	boolean captureKey = true;

	boolean propagation = true;

	List<String> captureHeaders = List.of();

	boolean recordSpansInBatch;

	Predicate<String> topics = (topic) -> true;

	Predicate<String> untrusted = (topic) -> false;

	boolean pollSpans;

	boolean commitSpans;

	@Nullable TracingProducerListener producerListener;

	KafkaTracingBuilder(MessagingTracing messaging) {
		this.messaging = messaging;
	}

	/**
	 * Choose whether the key of a record becomes an attribute. A key can be personal
	 * data.
	 * @param captureKey whether to capture, {@code true} by default
	 * @return this builder
	 */
	public KafkaTracingBuilder captureKey(boolean captureKey) {
		this.captureKey = captureKey;
		return this;
	}

	/**
	 * Choose whether a send writes its context into the headers of the record. Without,
	 * the record goes out as it came, and its consumer starts a trace of its own.
	 * @param propagation whether it does, {@code true} by default
	 * @return this builder
	 */
	public KafkaTracingBuilder propagation(boolean propagation) {
		this.propagation = propagation;
		return this;
	}

	/**
	 * Choose the headers whose values become attributes {@code messaging.header.<name>}.
	 * Kafka tells upper from lower case.
	 * @param captureHeaders the names, none by default
	 * @return this builder
	 */
	public KafkaTracingBuilder captureHeaders(List<String> captureHeaders) {
		this.captureHeaders = List.copyOf(captureHeaders);
		return this;
	}

	/**
	 * Choose the topics to trace. Records of the others pass untouched.
	 * @param topics tells whether a topic is traced, all by default
	 * @return this builder
	 */
	public KafkaTracingBuilder topics(Predicate<String> topics) {
		this.topics = topics;
		return this;
	}

	/**
	 * Choose the topics whose records come from strangers: there a process span is a new
	 * root that links to the incoming context, and no baggage is taken over.
	 * @param untrusted tells whether a topic is one, none by default
	 * @return this builder
	 */
	public KafkaTracingBuilder untrusted(Predicate<String> untrusted) {
		this.untrusted = untrusted;
		return this;
	}

	/**
	 * Choose whether each record of a batch has a process span of its own, beside that of
	 * the batch. They all run as long as the listener does.
	 * @param recordSpansInBatch whether it has, {@code false} by default
	 * @return this builder
	 */
	public KafkaTracingBuilder recordSpansInBatch(boolean recordSpansInBatch) {
		this.recordSpansInBatch = recordSpansInBatch;
		return this;
	}

	/**
	 * Choose whether the polls of listener containers have spans. Polls of the
	 * application itself always do.
	 * @param pollSpans whether they do, {@code false} by default
	 * @return this builder
	 */
	public KafkaTracingBuilder pollSpans(boolean pollSpans) {
		this.pollSpans = pollSpans;
		return this;
	}

	/**
	 * Choose whether commits have spans.
	 * @param commitSpans whether they do, {@code false} by default
	 * @return this builder
	 */
	public KafkaTracingBuilder commitSpans(boolean commitSpans) {
		this.commitSpans = commitSpans;
		return this;
	}

	/**
	 * Choose where the outcome of a send goes.
	 * @param producerListener ends the spans of sends
	 * @return this builder
	 */
	public KafkaTracingBuilder producerListener(TracingProducerListener producerListener) {
		this.producerListener = producerListener;
		return this;
	}

	/**
	 * Build the instance.
	 * @return the instance
	 */
	public KafkaTracing build() {
		return new KafkaTracing(this);
	}

}
