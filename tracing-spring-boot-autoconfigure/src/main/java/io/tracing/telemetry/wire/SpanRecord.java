// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A span. Ids are lower-case hex; what is missing is empty, or zero. The values of
 * attributes are {@code String}, {@code Long}, {@code Double}, {@code Boolean},
 * {@code byte[]}, lists and maps of these, and {@code null}. The maps and lists are taken
 * over as they are.
 *
 * @param traceId 32 hex digits
 * @param spanId 16 hex digits
 * @param parentId 16 hex digits, empty for a root
 * @param traceState the W3C trace state; the snake-case format does not have it
 * @param name the name
 * @param service the service, empty if the record does not name it
 * @param kind the kind
 * @param startEpochNanos the start
 * @param endEpochNanos the end
 * @param status the status
 * @param error what went wrong: in the snake-case format there can be an error even where
 * the status is {@link Status#OK}
 * @param attributes the attributes
 * @param events the events
 * @param links the links; the snake-case format does not have them
 * @param dropped how much the producer had dropped; the snake-case format does not say
 */
public record SpanRecord(String traceId, String spanId, String parentId, String traceState, String name, String service,
		Kind kind, long startEpochNanos, long endEpochNanos, Status status, String error,
		Map<String, @Nullable Object> attributes, List<Event> events, List<Link> links, Dropped dropped) {

	/**
	 * Create a span with what the snake-case format has.
	 * @param traceId 32 hex digits
	 * @param spanId 16 hex digits
	 * @param parentId 16 hex digits, empty for a root
	 * @param name the name
	 * @param service the service
	 * @param kind the kind
	 * @param startEpochNanos the start
	 * @param endEpochNanos the end
	 * @param status the status
	 * @param error what went wrong, empty if nothing did
	 * @param attributes the attributes
	 * @param events the events
	 */
	public SpanRecord(String traceId, String spanId, String parentId, String name, String service, Kind kind,
			long startEpochNanos, long endEpochNanos, Status status, String error,
			Map<String, @Nullable Object> attributes, List<Event> events) {
		this(traceId, spanId, parentId, "", name, service, kind, startEpochNanos, endEpochNanos, status, error,
				attributes, events, List.of(), Dropped.NOTHING);
	}

	/**
	 * The kind of a span.
	 */
	public enum Kind {

		/** Not said, or not known. */
		UNSPECIFIED,

		/** Inside a service. */
		INTERNAL,

		/** A request that is served. */
		SERVER,

		/** A request that is sent. */
		CLIENT,

		/** A message that is sent. */
		PRODUCER,

		/** A message that is processed. */
		CONSUMER

	}

	/**
	 * The status of a span.
	 */
	public enum Status {

		/** Not said. */
		UNSET,

		/** All right. */
		OK,

		/** Failed. */
		ERROR

	}

	/**
	 * An event of a span.
	 *
	 * @param name the name
	 * @param epochNanos when it happened
	 * @param attributes the attributes
	 * @param droppedAttributes how many attributes the producer had dropped
	 */
	public record Event(String name, long epochNanos, Map<String, @Nullable Object> attributes, int droppedAttributes) {

		/**
		 * Create an event with what the snake-case format has.
		 * @param name the name
		 * @param epochNanos when it happened
		 * @param attributes the attributes
		 */
		public Event(String name, long epochNanos, Map<String, @Nullable Object> attributes) {
			this(name, epochNanos, attributes, 0);
		}

	}

	/**
	 * A link to another span.
	 *
	 * @param traceId 32 hex digits
	 * @param spanId 16 hex digits
	 * @param traceState the W3C trace state
	 * @param attributes the attributes
	 * @param droppedAttributes how many attributes the producer had dropped
	 */
	public record Link(String traceId, String spanId, String traceState, Map<String, @Nullable Object> attributes,
			int droppedAttributes) {
	}

	/**
	 * How much the producer had dropped.
	 *
	 * @param attributes the number of attributes
	 * @param events the number of events
	 * @param links the number of links
	 */
	public record Dropped(int attributes, int events, int links) {

		/** Nothing was. */
		public static final Dropped NOTHING = new Dropped(0, 0, 0);

	}

}
