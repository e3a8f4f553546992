// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerBuilder;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Starts the spans of messaging operations by the rules that hold for every broker: how
 * they are named, whose children they are, what they link to, which attributes they
 * carry. The brokers' packages add what only they know.
 */
public final class MessagingTracing {

	/** The name of the instrumentation scope of every span and metric. */
	public static final String INSTRUMENTATION_SCOPE = "io.tracing";

	// Enough for the topics people name; what a program generates goes on without a name.
	private static final int MAX_METRIC_DESTINATIONS = 200;

	private final boolean enabled;

	private final Tracer tracer;

	private final GuardedPropagator propagator;

	private final MessagingAttributes attributes;

	private final MessagingMetrics metrics;

	private final ConsumerParent consumerParent;

	private final int maxLinks;

	private final Faults faults;

	private final Set<String> metricDestinations = ConcurrentHashMap.newKeySet();

	MessagingTracing(MessagingTracingBuilder builder) {
		this.enabled = builder.openTelemetry.getTracerProvider() != TracerProvider.noop();
		this.tracer = tracer(builder.openTelemetry, builder.conventions);
		this.faults = builder.faults;
		this.propagator = new GuardedPropagator(builder.openTelemetry.getPropagators().getTextMapPropagator(),
				this.faults);
		this.attributes = new MessagingAttributes(builder.conventions);
		this.metrics = (builder.metrics != null) ? builder.metrics
				: MessagingMetrics.of(builder.openTelemetry, builder.conventions);
		this.consumerParent = builder.consumerParent;
		this.maxLinks = builder.maxLinks;
	}

	/**
	 * Create an instance with the defaults.
	 * @param openTelemetry what makes spans, and reads and writes contexts
	 * @return the instance
	 */
	public static MessagingTracing create(OpenTelemetry openTelemetry) {
		return builder(openTelemetry).build();
	}

	/**
	 * Start to build an instance.
	 * @param openTelemetry what makes spans, and reads and writes contexts
	 * @return a builder
	 */
	public static MessagingTracingBuilder builder(OpenTelemetry openTelemetry) {
		return new MessagingTracingBuilder(openTelemetry);
	}

	/**
	 * The tracer of this library's instrumentation scope.
	 * @param openTelemetry where the tracer comes from
	 * @param conventions the conventions its spans follow
	 * @return the tracer
	 */
	public static Tracer tracer(OpenTelemetry openTelemetry, SemanticConventions conventions) {
		TracerBuilder builder = openTelemetry.getTracerProvider()
			.tracerBuilder(INSTRUMENTATION_SCOPE)
			.setSchemaUrl(conventions.schemaUrl());
		// Of the jar's manifest; classes that lie in a folder have none.
		String version = MessagingTracing.class.getPackage().getImplementationVersion();
		return ((version != null) ? builder.setInstrumentationVersion(version) : builder).build();
	}

	/**
	 * Whether there is anything that could make a span.
	 * @return {@code false} for the no-op
	 */
	public boolean isEnabled() {
		return this.enabled;
	}

	/**
	 * The keys under the chosen conventions.
	 * @return the keys
	 */
	public MessagingAttributes attributes() {
		return this.attributes;
	}

	/**
	 * Where faults of tracing go.
	 * @return the faults
	 */
	public Faults faults() {
		return this.faults;
	}

	/**
	 * How many links a span has room for.
	 * @return the limit of the SDK
	 */
	public int maxLinks() {
		return this.maxLinks;
	}

	/**
	 * Prepare what all messages of one client and one destination have in common.
	 * @param type the type of the operation
	 * @param name the system's word for it, the first word of the span name
	 * @param destination the destination, which must be of low cardinality; {@code null}
	 * for a batch that comes from several
	 * @param client the client
	 * @return the operation
	 */
	public MessagingOperation operation(OperationType type, String name, @Nullable String destination,
			MessagingClient client) {
		return operation(type, name, (destination != null) ? Destination.named(destination) : Destination.UNKNOWN,
				client, Attributes.empty());
	}

	/**
	 * Prepare what all messages of one client and one destination have in common.
	 * @param type the type of the operation
	 * @param name the system's word for it, the first word of the span name
	 * @param destination the destination
	 * @param client the client
	 * @param ofSpans attributes that only this broker's spans have
	 * @return the operation
	 */
	public MessagingOperation operation(OperationType type, String name, Destination destination,
			MessagingClient client, Attributes ofSpans) {
		AttributesBuilder common = Attributes.builder();
		this.attributes.system().put(common, client.system());
		common.put(MessagingAttributes.OPERATION_NAME, name);
		if (client.consumerGroup() != null) {
			common.put(MessagingAttributes.CONSUMER_GROUP_NAME, client.consumerGroup());
		}
		MessagingClient.ServerAddress server = client.server();
		if (server != null) {
			common.put(MessagingAttributes.SERVER_ADDRESS, server.host());
			common.put(MessagingAttributes.SERVER_PORT, (long) server.port());
		}
		AttributesBuilder ofMetrics = common.build().toBuilder();
		addToMetrics(ofMetrics, MessagingAttributes.SUBSCRIPTION_NAME, destination.subscription());
		if (destination.template() != null) {
			addToMetrics(ofMetrics, MessagingAttributes.DESTINATION_TEMPLATE, destination.template());
		}
		else {
			addToMetrics(ofMetrics, MessagingAttributes.DESTINATION_NAME, destination.name());
		}
		destination.describe(common);
		common.put(MessagingAttributes.OPERATION_TYPE, type.value());
		if (client.clientId() != null) {
			common.put(MessagingAttributes.CLIENT_ID, client.clientId());
		}
		common.putAll(ofSpans);
		String target = destination.lowCardinalityName();
		return new MessagingOperation(this.tracer, type, (target != null) ? name + " " + target : name, common.build(),
				this.metrics.operation(type, ofMetrics.build()));
	}

	private void addToMetrics(AttributesBuilder ofMetrics, AttributeKey<String> key, @Nullable String value) {
		if (value != null && isNamedInMetrics(value)) {
			ofMetrics.put(key, value);
		}
	}

	private boolean isNamedInMetrics(String destination) {
		return this.metricDestinations.contains(destination) || nameInMetrics(destination);
	}

	// One at a time: many that come at once would go beyond the limit.
	private synchronized boolean nameInMetrics(String destination) {
		return this.metricDestinations.contains(destination)
				|| (this.metricDestinations.size() < MAX_METRIC_DESTINATIONS
						&& this.metricDestinations.add(destination));
	}

	/**
	 * The span of a message to be sent.
	 * @param operation what is the same for all of them
	 * @param parent the context of the sender
	 * @param carried the context that the message carried already, because it is
	 * forwarded: the send span links to it
	 * @return the span to be
	 */
	public SpanBuilder sendSpan(MessagingOperation operation, Context parent, @Nullable SpanContext carried) {
		SpanBuilder builder = operation.spanBuilder().setParent(parent);
		return (carried != null) ? builder.addLink(carried) : builder;
	}

	/**
	 * The span of a message to be processed. It links to the span that sent the message,
	 * is its child unless configured otherwise, and links to whatever span is current on
	 * this thread.
	 * @param operation what is the same for all of them
	 * @param producer the context that came with the message
	 * @return the span to be
	 */
	public SpanBuilder processSpan(MessagingOperation operation, Context producer) {
		return processSpan(operation, producer, Context.current());
	}

	/**
	 * The span of a message to be processed, likewise.
	 * @param operation what is the same for all of them
	 * @param producer the context that came with the message
	 * @param ambient the context of the thread: {@link Context#root()} if the thread is
	 * the client's own, where it is an accident what is current
	 * @return the span to be
	 */
	public SpanBuilder processSpan(MessagingOperation operation, Context producer, Context ambient) {
		SpanBuilder builder = operation.spanBuilder();
		// Not setNoParent(): a sampler or processor may want the baggage.
		builder
			.setParent((this.consumerParent == ConsumerParent.PRODUCER) ? producer : producer.with(Span.getInvalid()));
		SpanContext creation = CreationContext.of(producer);
		if (creation.isValid()) {
			builder.addLink(creation);
		}
		if (ambient != Context.root()) {
			SpanContext current = Span.fromContext(ambient).getSpanContext();
			if (current.isValid()) {
				builder.addLink(current);
			}
		}
		return builder;
	}

	/**
	 * The span of one message that the application asked for. It is a child of what the
	 * thread does and links to the span that sent the message.
	 * @param operation what is the same for all of them
	 * @param ambient the context of the thread
	 * @param producer the context that came with the message
	 * @return the span to be
	 */
	public SpanBuilder receiveSpan(MessagingOperation operation, Context ambient, Context producer) {
		SpanBuilder builder = operation.callSpan(ambient);
		SpanContext creation = CreationContext.of(producer);
		return creation.isValid() ? builder.addLink(creation) : builder;
	}

	/**
	 * The span of a batch of messages to be received or processed. It is no child of any
	 * of the spans that sent them: the caller links to those, up to {@link #maxLinks()}.
	 * @param operation what is the same for all of them
	 * @param ambient the context of the thread, if the application asked for the batch
	 * @param messages the size of the batch
	 * @return the span to be
	 */
	public SpanBuilder batchSpan(MessagingOperation operation, Context ambient, int messages) {
		return operation.spanBuilder()
			.setParent(ambient)
			.setAttribute(MessagingAttributes.BATCH_MESSAGE_COUNT, (long) messages);
	}

	/**
	 * Start the span of one message.
	 * @param operation what it is a span of
	 * @param builder the span to be
	 * @param parent the context that the span is put into
	 * @return the span, running but not current
	 */
	public RunningSpan start(MessagingOperation operation, SpanBuilder builder, Context parent) {
		return start(operation, builder, parent, 1);
	}

	/**
	 * Start a span.
	 * @param operation what it is a span of
	 * @param builder the span to be
	 * @param parent the context that the span is put into
	 * @param messages how many messages it is for
	 * @return the span, running but not current
	 */
	public RunningSpan start(MessagingOperation operation, SpanBuilder builder, Context parent, int messages) {
		Span span = builder.startSpan();
		return new RunningSpan(span, parent.with(span), operation.metrics(), messages, this.faults);
	}

	/**
	 * Note how long a message waited, on the span to be and in the metrics.
	 * @param operation what it is a span of
	 * @param builder the span to be
	 * @param timestamp the timestamp of the message, in milliseconds since the epoch
	 * @param source whose clock set it
	 */
	public void timeInQueue(MessagingOperation operation, SpanBuilder builder, long timestamp,
			TimeInQueue.Source source) {
		long now = System.currentTimeMillis();
		builder.setAttribute(MessagingAttributes.TIME_IN_QUEUE, TimeInQueue.seconds(timestamp, now));
		builder.setAttribute(MessagingAttributes.TIME_IN_QUEUE_SOURCE, source.value());
		recordTimeInQueue(operation, timestamp, now, source);
	}

	/**
	 * Note how long one message of a batch waited, in the metrics alone.
	 * @param operation what it is a span of
	 * @param timestamp the timestamp of the message, in milliseconds since the epoch
	 * @param now when it was delivered, likewise
	 * @param source whose clock set the timestamp
	 */
	public void recordTimeInQueue(MessagingOperation operation, long timestamp, long now, TimeInQueue.Source source) {
		if (operation.metrics() != OperationMetrics.NONE) {
			operation.metrics().timeInQueue(TimeInQueue.between(timestamp, now, source));
		}
	}

	/**
	 * The names of the headers that carry a context.
	 * @return the names
	 */
	public Collection<String> propagationFields() {
		return this.propagator.fields();
	}

	/**
	 * Read the context that a message carries. Never throws.
	 * @param base the context to start from: {@link Context#root()} wherever the thread
	 * may have a span, because propagators give back what they were given if the header
	 * is missing or invalid
	 * @param carrier the message
	 * @param getter what reads its headers
	 * @param <C> the type of the carrier
	 * @return the context
	 */
	public <C> Context extract(Context base, C carrier, TextMapGetter<C> getter) {
		return this.propagator.extract(base, carrier, getter);
	}

	/**
	 * Write a context into a message. Never throws.
	 * @param context the context
	 * @param carrier the message
	 * @param setter what writes its headers
	 * @param <C> the type of the carrier
	 * @return whether the carrier can be used; if not, it may be half written
	 */
	public <C> boolean inject(Context context, C carrier, TextMapSetter<C> setter) {
		return this.propagator.inject(context, carrier, setter);
	}

}
