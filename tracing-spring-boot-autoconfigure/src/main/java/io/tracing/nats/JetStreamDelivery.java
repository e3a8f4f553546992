// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import io.nats.client.Message;
import org.jspecify.annotations.Nullable;

/**
 * What JetStream says of a delivery, in the subject that it is to be acknowledged on. It
 * is read here and not by {@link Message#metaData()}, which splits it into ten strings
 * and makes a date of one, for each message.
 *
 * @param stream the stream that stores the message
 * @param consumer the consumer it is delivered to
 * @param deliveryCount how often it was delivered, this time included
 * @param streamSequence where it stands in the stream
 * @param consumerSequence the number of the delivery
 * @param storedMillis when the server stored it, in milliseconds since the epoch
 * @see <a href=
 * "https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md">ADR-15</a>
 */
record JetStreamDelivery(String stream, String consumer, long deliveryCount, long streamSequence, long consumerSequence,
		long storedMillis) {

	private static final long NANOS_PER_MILLI = 1_000_000;

	// <prefix>.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<stored>,
	// since 2.0 with .<pending>, since 2.3 with <domain>.<account> behind ACK if there is
	// one.
	private static final int PLAIN_TOKENS = 9;

	private static final int STREAM = 2;

	private static final int STREAM_BEHIND_DOMAIN = 4;

	/**
	 * Read the delivery of a message.
	 * @param message the message
	 * @param previous one whose strings can serve again if they are the same
	 * @return the delivery, {@code null} if it does not come from JetStream
	 */
	static @Nullable JetStreamDelivery of(Message message, @Nullable JetStreamDelivery previous) {
		String subject = message.isJetStream() ? message.getReplyTo() : null;
		return (subject != null) ? parse(subject, previous) : null;
	}

	private static @Nullable JetStreamDelivery parse(String subject, @Nullable JetStreamDelivery previous) {
		int tokens = 1;
		for (int i = subject.indexOf('.'); i >= 0; i = subject.indexOf('.', i + 1)) {
			tokens++;
		}
		int first = (tokens > PLAIN_TOKENS) ? STREAM_BEHIND_DOMAIN : STREAM;
		if (tokens < first + 6) {
			return null;
		}
		int start = 0;
		for (int i = 0; i < first; i++) {
			start = next(subject, start);
		}
		int streamEnd = end(subject, start);
		String stream = text(subject, start, streamEnd, (previous != null) ? previous.stream : null);
		int consumerEnd = end(subject, streamEnd + 1);
		String consumer = text(subject, streamEnd + 1, consumerEnd, (previous != null) ? previous.consumer : null);
		int delivered = consumerEnd + 1;
		int streamSequence = next(subject, delivered);
		int consumerSequence = next(subject, streamSequence);
		int stored = next(subject, consumerSequence);
		return new JetStreamDelivery(stream, consumer, number(subject, delivered), number(subject, streamSequence),
				number(subject, consumerSequence), number(subject, stored) / NANOS_PER_MILLI);
	}

	private static String text(String subject, int start, int end, @Nullable String known) {
		return (known != null && known.length() == end - start && subject.startsWith(known, start)) ? known
				: subject.substring(start, end);
	}

	private static long number(String subject, int start) {
		return Long.parseLong(subject, start, end(subject, start), 10);
	}

	private static int next(String subject, int start) {
		return end(subject, start) + 1;
	}

	private static int end(String subject, int start) {
		int end = subject.indexOf('.', start);
		return (end < 0) ? subject.length() : end;
	}

}
