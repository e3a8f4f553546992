// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Options;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.OpenTelemetrySdkBuilder;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.MessagingTracingBuilder;
import io.tracing.nats.NatsTracing;
import io.tracing.nats.NatsTracingBuilder;

/**
 * A connection to a real server, traced by hand, without Spring Boot: an SDK of which
 * every part can be replaced by one that fails.
 */
public final class TracedNats implements AutoCloseable {

	private final Spans spans = new Spans();

	private final OpenTelemetrySdk sdk;

	private final NatsTracing tracing;

	private final NatsServer server;

	private final ConcurrentLinkedDeque<Connection> connections = new ConcurrentLinkedDeque<>();

	private final Connection raw;

	private final Connection connection;

	private TracedNats(Builder builder) {
		SdkTracerProviderBuilder tracers = SdkTracerProvider.builder();
		builder.tracers.accept(tracers);
		tracers.addSpanProcessor(this.spans);
		OpenTelemetrySdkBuilder openTelemetry = OpenTelemetrySdk.builder()
			.setTracerProvider(tracers.build())
			.setPropagators(ContextPropagators.create(builder.propagator));
		builder.openTelemetry.accept(openTelemetry);
		this.sdk = openTelemetry.build();
		this.tracing = builder.nats
			.apply(NatsTracing.builder(builder.messaging.apply(MessagingTracing.builder(this.sdk)).build()))
			.build();
		this.server = builder.server;
		this.raw = connect(builder.options.apply(this.server.options()));
		this.connection = this.tracing.wrap(this.raw);
	}

	public static Builder builder() {
		return new Builder();
	}

	public static TracedNats start() {
		return builder().start();
	}

	public Spans spans() {
		return this.spans;
	}

	public OpenTelemetrySdk sdk() {
		return this.sdk;
	}

	public NatsTracing tracing() {
		return this.tracing;
	}

	public NatsServer server() {
		return this.server;
	}

	/**
	 * The traced connection.
	 */
	public Connection connection() {
		return this.connection;
	}

	/**
	 * The same without tracing.
	 */
	public Connection raw() {
		return this.raw;
	}

	/**
	 * Another connection, without tracing, such as that of another application.
	 */
	public Connection connect(Options.Builder options) {
		Connection connection = this.server.connect(options);
		this.connections.add(connection);
		return connection;
	}

	public Connection connect() {
		return connect(this.server.options());
	}

	/**
	 * Create a stream in memory that stores everything below a subject.
	 * @param name the name of the stream, and the first token of its subjects
	 */
	public void createStream(String name) {
		try {
			this.raw.jetStreamManagement()
				.addStream(StreamConfiguration.builder()
					.name(name)
					.subjects(name + ".>")
					.storageType(StorageType.Memory)
					.build());
		}
		catch (IOException | JetStreamApiException ex) {
			throw new AssertionError("The stream '" + name + "' was not created", ex);
		}
	}

	/**
	 * Create a consumer of a stream.
	 */
	public void createConsumer(String stream, ConsumerConfiguration.Builder configuration) {
		try {
			this.raw.jetStreamManagement().addOrUpdateConsumer(stream, configuration.build());
		}
		catch (IOException | JetStreamApiException ex) {
			throw new AssertionError("A consumer of '" + stream + "' was not created", ex);
		}
	}

	/**
	 * Wait until the server has seen what was sent so far, such as a subscription.
	 */
	public void flush() {
		try {
			this.raw.flush(Duration.ofSeconds(10));
		}
		catch (Exception ex) {
			throw new AssertionError("The connection was not flushed", ex);
		}
	}

	/**
	 * Stop, and check what must hold after whatever a test did: no span is open.
	 */
	@Override
	public void close() {
		try {
			for (Connection connection : this.connections) {
				connection.close();
			}
			this.spans.awaitNoneOpen();
		}
		catch (InterruptedException ex) {
			throw new AssertionError("A connection was not closed", ex);
		}
		finally {
			this.sdk.close();
		}
	}

	/**
	 * Builds a {@link TracedNats}.
	 */
	public static final class Builder {

		private NatsServer server = NatsServer.shared();

		private UnaryOperator<Options.Builder> options = UnaryOperator.identity();

		private TextMapPropagator propagator = TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(),
				W3CBaggagePropagator.getInstance());

		private Consumer<SdkTracerProviderBuilder> tracers = (tracers) -> {
		};

		private Consumer<OpenTelemetrySdkBuilder> openTelemetry = (openTelemetry) -> {
		};

		private UnaryOperator<MessagingTracingBuilder> messaging = UnaryOperator.identity();

		private UnaryOperator<NatsTracingBuilder> nats = UnaryOperator.identity();

		private Builder() {
		}

		public Builder server(NatsServer server) {
			this.server = server;
			return this;
		}

		public Builder options(UnaryOperator<Options.Builder> options) {
			this.options = options;
			return this;
		}

		public Builder propagator(TextMapPropagator propagator) {
			this.propagator = propagator;
			return this;
		}

		public Builder tracers(Consumer<SdkTracerProviderBuilder> tracers) {
			this.tracers = tracers;
			return this;
		}

		public Builder openTelemetry(Consumer<OpenTelemetrySdkBuilder> openTelemetry) {
			this.openTelemetry = openTelemetry;
			return this;
		}

		public Builder messaging(UnaryOperator<MessagingTracingBuilder> messaging) {
			this.messaging = messaging;
			return this;
		}

		public Builder nats(UnaryOperator<NatsTracingBuilder> nats) {
			this.nats = nats;
			return this;
		}

		public TracedNats start() {
			return new TracedNats(this);
		}

	}

}
