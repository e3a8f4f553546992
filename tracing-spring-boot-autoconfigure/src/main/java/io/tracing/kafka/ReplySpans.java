// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.Context;
import io.tracing.messaging.CreationContext;
import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.MessagingClient.ServerAddress;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.support.micrometer.KafkaRecordReceiverContext;

/**
 * Makes a process span for each reply that a {@code ReplyingKafkaTemplate} receives, in
 * which the continuation of the request's future runs. To its container the template is a
 * batch listener, but it observes reply by reply.
 */
final class ReplySpans implements ObservationHandler<KafkaRecordReceiverContext> {

	private final ReplyingTemplate template;

	private final AbstractMessageListenerContainer<?, ?> container;

	private final @Nullable ServerAddress server;

	private final KafkaTracing kafka;

	private final MessagingTracing tracing;

	private final ProcessSpans spans;

	private @Nullable KafkaOperations operations;

	ReplySpans(KafkaTracing kafka, ReplyingTemplate template, AbstractMessageListenerContainer<?, ?> container,
			@Nullable ServerAddress server) {
		this.kafka = kafka;
		this.tracing = kafka.messaging();
		this.spans = new ProcessSpans(kafka);
		this.template = template;
		this.container = container;
		this.server = server;
	}

	/**
	 * A registry that observes replies. The template uses it for what it sends as well,
	 * but sends have spans already.
	 */
	ObservationRegistry registry() {
		ObservationRegistry.ObservationConfig configuration = new ObservationRegistry.ObservationConfig();
		configuration.observationPredicate((name, context) -> supportsContext(context));
		configuration.observationHandler(this);
		return new ListenerObservationRegistry(configuration);
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof KafkaRecordReceiverContext;
	}

	@Override
	public void onStart(KafkaRecordReceiverContext context) {
		try {
			List<ConsumerRecord<?, ?>> replies = replies(context.getRecord());
			ConsumerRecord<?, ?> first = replies.get(0);
			MessagingOperation operation = operations().on(first.topic());
			if (operation != null) {
				context.put(RunningSpan.class, start(operation, replies, context.getRecord()));
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("starting the span of a reply", ex);
		}
	}

	@Override
	public void onScopeOpened(KafkaRecordReceiverContext context) {
		RunningSpan span = context.get(RunningSpan.class);
		if (span != null) {
			span.makeCurrent();
		}
	}

	@Override
	public void onScopeClosed(KafkaRecordReceiverContext context) {
		RunningSpan span = context.get(RunningSpan.class);
		if (span != null) {
			span.close();
		}
	}

	@Override
	public void onStop(KafkaRecordReceiverContext context) {
		RunningSpan span = context.get(RunningSpan.class);
		if (span != null) {
			span.end(context.getError());
		}
	}

	private KafkaOperations operations() {
		KafkaOperations operations = this.operations;
		if (operations == null) {
			Set<String> clientIds = this.container.metrics().keySet();
			// Of several consumers nobody says which one it was.
			MessagingClient client = new MessagingClient(KafkaTracing.SYSTEM,
					(clientIds.size() == 1) ? clientIds.iterator().next() : null, this.container.getGroupId(),
					this.server);
			operations = new KafkaOperations(this.kafka, OperationType.PROCESS, "process", client);
			this.operations = operations;
		}
		return operations;
	}

	private RunningSpan start(MessagingOperation operation, List<ConsumerRecord<?, ?>> replies,
			ConsumerRecord<?, ?> received) throws Throwable {
		ConsumerRecord<?, ?> first = replies.get(0);
		Context producer = this.kafka.contextOf(first);
		// Who waited has given up, and the trace of the request may be over for long: a
		// late reply is a trace of its own, with a link.
		RunningSpan span = this.spans.start(operation, first,
				this.template.isAwaited(received) ? producer : CreationContext.untrusted(producer));
		for (ConsumerRecord<?, ?> reply : replies.subList(1, replies.size())) {
			span.span().addLink(CreationContext.of(this.kafka.contextOf(reply)));
		}
		return span;
	}

	/**
	 * An aggregating template hands over what it has collected in a record of its own.
	 */
	private static List<ConsumerRecord<?, ?>> replies(ConsumerRecord<?, ?> received) {
		List<ConsumerRecord<?, ?>> collected = new ArrayList<>();
		if (received.value() instanceof Collection<?> values) {
			values.forEach((value) -> {
				if (value instanceof ConsumerRecord<?, ?> reply) {
					collected.add(reply);
				}
			});
		}
		return collected.isEmpty() ? List.of(received) : collected;
	}

}
