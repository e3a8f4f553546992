// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.tracing.messaging.Destination;
import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.OperationType;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one connection. Subjects are made up freely in NATS, often with an id
 * in them, so that only so many get a name of their own; the spans of the others are
 * named after the operation alone.
 */
final class NatsOperations {

	// As many as metrics tell apart. Bounds the memory, and the names of spans.
	private static final int MAX_OPERATIONS = 200;

	private final Map<String, SubjectOperation> publishes = new ConcurrentHashMap<>();

	private final Map<String, SubjectOperation> requests = new ConcurrentHashMap<>();

	private final Map<Source, SubjectOperation> others = new ConcurrentHashMap<>();

	private final Map<String, SubjectOperation> unnamed = new ConcurrentHashMap<>();

	private final NatsTracing nats;

	private final MessagingClient client;

	NatsOperations(NatsTracing nats, MessagingClient client) {
		this.nats = nats;
		this.client = client;
	}

	SubjectOperation publish(String subject) {
		SubjectOperation operation = this.publishes.get(subject);
		return (operation != null) ? operation
				: send(this.publishes, new Source(OperationType.SEND, "publish", subject, null, null, null));
	}

	SubjectOperation request(String subject) {
		SubjectOperation operation = this.requests.get(subject);
		return (operation != null) ? operation
				: send(this.requests, new Source(OperationType.REQUEST, "request", subject, null, null, null));
	}

	private SubjectOperation send(Map<String, SubjectOperation> known, Source source) {
		String template = this.nats.template(source.subject);
		if (template != null) {
			// Only what is written down names it: the subject itself may be one of many.
			return of(new Source(source.type, source.name, template, null, null, null));
		}
		return remember(known, source.subject, source, Destination.named(source.subject), true);
	}

	/**
	 * The operation on what comes from a source.
	 */
	SubjectOperation of(Source source) {
		SubjectOperation operation = this.others.get(source);
		if (operation != null) {
			return operation;
		}
		if (source.subject == null) {
			return unnamed(source);
		}
		boolean pattern = SubjectPatterns.hasWildcard(source.subject);
		Destination destination = pattern ? Destination.template(source.subject) : Destination.named(source.subject);
		return remember(this.others, source, source, destination.through(source.consumer), !pattern);
	}

	private <K> SubjectOperation remember(Map<K, SubjectOperation> known, K key, Source source, Destination destination,
			boolean oneSubject) {
		if (known.size() >= MAX_OPERATIONS) {
			return unnamed(source);
		}
		// One at a time: many that come at once would go beyond the limit.
		synchronized (known) {
			SubjectOperation operation = known.get(key);
			if (operation == null) {
				if (known.size() >= MAX_OPERATIONS) {
					return unnamed(source);
				}
				operation = create(source, destination, oneSubject);
				known.put(key, operation);
			}
			return operation;
		}
	}

	/**
	 * The operation on inboxes, of which none is named: they are made for one use.
	 */
	SubjectOperation onInbox(OperationType type, String name, String inboxes) {
		return this.unnamed.computeIfAbsent(name + " " + inboxes,
				(key) -> create(new Source(type, name, null, null, null, null),
						new Destination(null, inboxes, true, null), true));
	}

	private SubjectOperation unnamed(Source source) {
		return this.unnamed.computeIfAbsent(source.name,
				(key) -> create(new Source(source.type, source.name, null, null, null, null), Destination.UNKNOWN,
						false));
	}

	private SubjectOperation create(Source source, Destination destination, boolean oneSubject) {
		AttributesBuilder ofSpans = Attributes.builder();
		if (source.stream != null) {
			this.nats.messaging().attributes().natsStream().put(ofSpans, source.stream);
		}
		MessagingClient client = (source.group != null)
				? new MessagingClient(this.client.system(), this.client.clientId(), source.group, this.client.server())
				: this.client;
		MessagingOperation operation = this.nats.messaging()
			.operation(source.type, source.name, destination, client, ofSpans.build());
		return new SubjectOperation(operation, oneSubject, this, source);
	}

	/**
	 * What tells operations apart.
	 *
	 * @param type the type of the operation
	 * @param name the word for it
	 * @param subject the subject, pattern or bucket, if known
	 * @param group the queue group, if there is one
	 * @param stream the stream, if there is one
	 * @param consumer the consumer, if there is one and somebody chose its name: names
	 * that are made up for each consumer would make up operations
	 */
	record Source(OperationType type, String name, @Nullable String subject, @Nullable String group,
			@Nullable String stream, @Nullable String consumer) {

		/**
		 * The same for another operation on what comes from there.
		 */
		Source with(OperationType type, String name) {
			return new Source(type, name, this.subject, this.group, this.stream, this.consumer);
		}

	}

}
