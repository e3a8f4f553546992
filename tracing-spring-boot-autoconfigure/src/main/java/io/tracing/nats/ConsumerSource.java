// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import io.nats.client.PullSubscribeOptions;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.SubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.OrderedConsumerConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a JetStream consumer before it delivers anything. Its messages tell
 * the subject that each was published to, its subscription only an inbox.
 *
 * @param subject the subject or pattern that it filters by, {@code null} if unknown or if
 * there are several
 * @param group the queue group of a push consumer, if it has one
 * @param named whether its name was chosen by somebody and is used again, as that of a
 * durable consumer is
 * @param ordered whether it is an ordered consumer, made anew whenever there is a gap
 */
record ConsumerSource(@Nullable String subject, @Nullable String group, boolean named, boolean ordered) {

	/** One of which nothing is known. */
	static final ConsumerSource UNKNOWN = new ConsumerSource(null, null, false, false);

	/** An ordered consumer of which nothing else is known. */
	static final ConsumerSource ORDERED = new ConsumerSource(null, null, false, true);

	static ConsumerSource of(@Nullable ConsumerInfo info) {
		if (info == null) {
			return UNKNOWN;
		}
		ConsumerConfiguration configuration = info.getConsumerConfiguration();
		// One filter subject, or null where there are several.
		return new ConsumerSource(configuration.getFilterSubject(), configuration.getDeliverGroup(),
				configuration.getDurable() != null, false);
	}

	static ConsumerSource of(OrderedConsumerConfiguration configuration) {
		return new ConsumerSource(configuration.hasMultipleFilterSubjects() ? null : configuration.getFilterSubject(),
				null, false, true);
	}

	/**
	 * The source of a subscription, from the arguments of the call that made it.
	 */
	static ConsumerSource of(Object[] arguments) {
		String subject = null;
		String group = null;
		boolean named = false;
		boolean ordered = false;
		for (int i = 0; i < arguments.length; i++) {
			if (arguments[i] instanceof String text) {
				if (i == 0) {
					subject = text;
				}
				else {
					group = text;
				}
			}
			else if (arguments[i] instanceof SubscribeOptions options) {
				named = options.getDurable() != null;
				ordered = options.isOrdered();
				if (options instanceof PushSubscribeOptions push && group == null) {
					group = push.getDeliverGroup();
				}
				if (subject == null && options instanceof PullSubscribeOptions pull) {
					subject = pull.getConsumerConfiguration().getFilterSubject();
				}
			}
		}
		return new ConsumerSource(subject, group, named, ordered);
	}

}
