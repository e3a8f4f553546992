// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

/**
 * How long a message waited between the timestamp it carries and its delivery.
 *
 * @param seconds the time in seconds, never negative
 * @param source whose clock set the timestamp
 * @param clockSkew whether the timestamp lay in the future, so that zero is a guess
 */
public record TimeInQueue(double seconds, Source source, boolean clockSkew) {

	/**
	 * Whose clock the time is counted from.
	 */
	public enum Source {

		/** The broker stored the message with its own clock. */
		BROKER("broker"),

		/** The producer stamped the message with its clock. */
		PRODUCER("producer");

		private final String value;

		Source(String value) {
			this.value = value;
		}

		/**
		 * The value of {@code messaging.message.time_in_queue_source}.
		 * @return the value
		 */
		public String value() {
			return this.value;
		}

	}

	/**
	 * The time between two moments, clamped to zero where the clocks of two machines
	 * disagree.
	 * @param fromEpochMillis the timestamp of the message
	 * @param toEpochMillis the time of delivery
	 * @param source whose clock set the timestamp
	 * @return the time in queue
	 */
	public static TimeInQueue between(long fromEpochMillis, long toEpochMillis, Source source) {
		return new TimeInQueue(seconds(fromEpochMillis, toEpochMillis), source, toEpochMillis < fromEpochMillis);
	}

	/**
	 * The seconds between two moments, clamped to zero.
	 * @param fromEpochMillis the timestamp of the message
	 * @param toEpochMillis the time of delivery
	 * @return the time in queue in seconds
	 */
	public static double seconds(long fromEpochMillis, long toEpochMillis) {
		return Math.max(0, toEpochMillis - fromEpochMillis) / 1000.0;
	}

}
