// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.function.Predicate;

import io.opentelemetry.context.Context;
import io.tracing.messaging.CreationContext;
import io.tracing.messaging.MessagingTracing;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Reads the context that a record carries: one to continue, or, of a record that comes
 * from strangers, one to link to. Never throws.
 */
final class CarriedContext {

	private static final Header[] NO_HEADERS = new Header[0];

	private final MessagingTracing tracing;

	private final Predicate<String> untrusted;

	CarriedContext(MessagingTracing tracing, Predicate<String> untrusted) {
		this.tracing = tracing;
		this.untrusted = untrusted;
	}

	Header[] headersOf(ConsumerRecord<?, ?> record) {
		try {
			return record.headers().toArray();
		}
		catch (Throwable ex) {
			this.tracing.faults().report("reading the headers of a record", ex);
			return NO_HEADERS;
		}
	}

	Context of(String topic, Header[] headers) {
		Context carried = this.tracing.extract(Context.root(), headers, HeaderArrayGetter.INSTANCE);
		return isUntrusted(topic) ? CreationContext.untrusted(carried) : carried;
	}

	/**
	 * Whether the records of a topic come from strangers. If nobody can tell, they do.
	 */
	boolean isUntrusted(String topic) {
		try {
			return this.untrusted.test(topic);
		}
		catch (Throwable ex) {
			this.tracing.faults().report("asking whether the topic '" + topic + "' is trusted", ex);
			return true;
		}
	}

}
