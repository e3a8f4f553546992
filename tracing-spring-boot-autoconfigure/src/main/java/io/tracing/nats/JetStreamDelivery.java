// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import io.nats.client.Message;
import io.opentelemetry.api.trace.SpanBuilder;
import io.tracing.messaging.MessagingAttributes;
import org.jspecify.annotations.Nullable;

/**
 * What JetStream says of a delivery, in the subject that it is to be acknowledged on. It
 * is read here and not by {@link Message#metaData()}, which splits it into ten strings
 * and makes a date of one, for each message.
 *
 * @param prefix what the subject begins with up to the consumer, the same for all
 * deliveries to it
 * @param stream the stream that stores the message
 * @param consumer the consumer it is delivered to
 * @param deliveryCount how often it was delivered, this time included
 * @param streamSequence where it stands in the stream
 * @param consumerSequence the number of the delivery
 * @param storedMillis when the server stored it, in milliseconds since the epoch
 * @see <a href=
 * "https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md">ADR-15</a>
 */
record JetStreamDelivery(String prefix, String stream, String consumer, long deliveryCount, long streamSequence,
		long consumerSequence, long storedMillis) {

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
	 * @param previous the one before, most likely to the same consumer
	 * @return the delivery, {@code null} if it does not come from JetStream
	 */
	static @Nullable JetStreamDelivery of(Message message, @Nullable JetStreamDelivery previous) {
		String subject = message.isJetStream() ? message.getReplyTo() : null;
		return (subject != null) ? of(subject, previous) : null;
	}

	static @Nullable JetStreamDelivery of(String subject, @Nullable JetStreamDelivery previous) {
		JetStreamDelivery delivery = (previous != null && subject.startsWith(previous.prefix)) ? previous.next(subject)
				: null;
		return (delivery != null) ? delivery : parse(subject);
	}

	/**
	 * Read the numbers alone, once over.
	 * @return the delivery, {@code null} if that is not all there is to read
	 */
	private @Nullable JetStreamDelivery next(String subject) {
		long deliveryCount = 0;
		long streamSequence = 0;
		long consumerSequence = 0;
		long number = 0;
		int numbers = 0;
		for (int i = this.prefix.length(); i < subject.length(); i++) {
			char next = subject.charAt(i);
			if (next >= '0' && next <= '9') {
				number = number * 10 + (next - '0');
				continue;
			}
			if (next != '.') {
				return null;
			}
			switch (numbers++) {
				case 0 -> deliveryCount = number;
				case 1 -> streamSequence = number;
				case 2 -> consumerSequence = number;
				default -> {
					return new JetStreamDelivery(this.prefix, this.stream, this.consumer, deliveryCount, streamSequence,
							consumerSequence, number / NANOS_PER_MILLI);
				}
			}
			number = 0;
		}
		return null;
	}

	/**
	 * Say on a span which delivery it is about.
	 */
	void describe(SpanBuilder builder, MessagingAttributes keys) {
		keys.natsStreamSequence().set(builder, this.streamSequence);
		keys.natsConsumerSequence().set(builder, this.consumerSequence);
		keys.natsDeliveryCount().set(builder, this.deliveryCount);
	}

	private static @Nullable JetStreamDelivery parse(String subject) {
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
			start = behind(subject, start);
		}
		int streamEnd = end(subject, start);
		int consumerEnd = end(subject, streamEnd + 1);
		int delivered = consumerEnd + 1;
		int streamSequence = behind(subject, delivered);
		int consumerSequence = behind(subject, streamSequence);
		int stored = behind(subject, consumerSequence);
		return new JetStreamDelivery(subject.substring(0, delivered), subject.substring(start, streamEnd),
				subject.substring(streamEnd + 1, consumerEnd), number(subject, delivered),
				number(subject, streamSequence), number(subject, consumerSequence),
				number(subject, stored) / NANOS_PER_MILLI);
	}

	private static long number(String subject, int start) {
		return Long.parseLong(subject, start, end(subject, start), 10);
	}

	private static int behind(String subject, int start) {
		return end(subject, start) + 1;
	}

	private static int end(String subject, int start) {
		int end = subject.indexOf('.', start);
		return (end < 0) ? subject.length() : end;
	}

}
