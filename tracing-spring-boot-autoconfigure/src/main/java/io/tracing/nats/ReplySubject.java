// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.stream.Stream;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;

/**
 * The subject on which the message that is being processed wants its answer. An inbox, as
 * a rule, but under the prefix that its sender has chosen, which nobody else knows.
 */
final class ReplySubject {

	private static final ContextKey<String> KEY = ContextKey.named("io.tracing.nats-reply-subject");

	// That of the random token that each client of NATS makes its inboxes from.
	private static final int NUID_LENGTH = 22;

	private ReplySubject() {
	}

	/**
	 * Put the subject into the context in which the message is processed.
	 */
	static Context in(Context context, @Nullable String replyTo) {
		return (replyTo != null) ? context.with(KEY, replyTo) : context;
	}

	/**
	 * Whether a message to a subject is the answer, and the subject was made for it
	 * alone.
	 */
	static boolean isInbox(Context context, String subject) {
		return subject.equals(context.get(KEY))
				&& Stream.of(subject.split("\\.")).anyMatch((token) -> token.length() >= NUID_LENGTH);
	}

}
