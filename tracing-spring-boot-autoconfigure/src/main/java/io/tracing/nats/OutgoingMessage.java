// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;

import io.nats.client.Message;
import io.nats.client.PublishOptions;
import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A message to be sent, as one of the many overloads was given it.
 *
 * @param subject the subject
 * @param replyTo the subject to answer on, if any
 * @param headers the headers, if any
 * @param body the body, if any
 * @param timeout how long to wait for an answer, {@code null} if not given
 * @param options how JetStream is to publish it, if given
 */
record OutgoingMessage(String subject, @Nullable String replyTo, @Nullable Headers headers, byte @Nullable [] body,
		@Nullable Duration timeout, @Nullable PublishOptions options) {

	// nats-server counts the length of a stored message's headers in 16 bits.
	private static final int MAX_STORED_HEADERS = 0xffff;

	// At least as much as jnats makes of options in headers, less the texts in them.
	private static final int OPTIONS_SIZE = 512;

	/**
	 * Read the arguments of a call.
	 * @return the message, {@code null} if the call will fail
	 */
	static @Nullable OutgoingMessage of(Object @Nullable [] arguments) {
		if (arguments == null) {
			return null;
		}
		String subject = null;
		String replyTo = null;
		Headers headers = null;
		byte[] body = null;
		Duration timeout = null;
		PublishOptions options = null;
		for (int i = 0; i < arguments.length; i++) {
			Object argument = arguments[i];
			if (argument instanceof String text) {
				if (i == 0) {
					subject = text;
				}
				else {
					replyTo = text;
				}
			}
			else if (argument instanceof byte[] bytes) {
				body = bytes;
			}
			else if (argument instanceof Headers given) {
				headers = given;
			}
			else if (argument instanceof Message message) {
				subject = message.getSubject();
				replyTo = message.getReplyTo();
				headers = message.getHeaders();
				body = message.getData();
			}
			else if (argument instanceof Duration duration) {
				timeout = duration;
			}
			else if (argument instanceof PublishOptions given) {
				options = given;
			}
		}
		return (subject != null) ? new OutgoingMessage(subject, replyTo, headers, body, timeout, options) : null;
	}

	/**
	 * The same with other headers and another body.
	 */
	OutgoingMessage with(@Nullable Headers headers, byte @Nullable [] body) {
		return new OutgoingMessage(this.subject, this.replyTo, headers, body, this.timeout, this.options);
	}

	/**
	 * Whether it is within the limit of a server, which counts headers as well. A server
	 * that gets a larger one closes the connection.
	 */
	boolean isWithin(long maxPayload) {
		return maxPayload <= 0 || headersSize() + ((this.body != null) ? this.body.length : 0) <= maxPayload;
	}

	/**
	 * Whether a stream takes the headers. It refuses larger ones, whoever publishes them:
	 * for a core message, that is to lose it in silence.
	 */
	boolean isStorable() {
		return headersSize() <= MAX_STORED_HEADERS;
	}

	private long headersSize() {
		long size = (this.headers != null && !this.headers.isEmpty()) ? this.headers.serializedLength() : 0;
		PublishOptions given = this.options;
		return (given == null) ? size
				: size + OPTIONS_SIZE + length(given.getMessageId()) + length(given.getExpectedLastMsgId())
						+ length(given.getExpectedStream()) + length(given.getExpectedLastSubjectSequenceSubject());
	}

	private static int length(@Nullable String text) {
		return (text != null) ? text.length() : 0;
	}

}
