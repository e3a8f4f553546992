// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.Faults;
import io.tracing.testing.NatsServer;

/**
 * A publisher for a server, with a connection that it makes when it is needed.
 */
final class TestPublisher implements AutoCloseable {

	static final TelemetryStream STREAM = new TelemetryStream("TELEMETRY", Duration.ofDays(7), 1 << 30, 1);

	final Faults faults = new Faults(Duration.ofMinutes(1));

	final StreamPublisher publisher;

	private final AtomicReference<Connection> connection = new AtomicReference<>();

	TestPublisher(NatsServer server, long bufferSize, Duration flushTimeout) {
		this(connecting(server), bufferSize, flushTimeout);
	}

	TestPublisher(Supplier<Connection> connections, long bufferSize, Duration flushTimeout) {
		this.publisher = new StreamPublisher(() -> {
			Connection current = this.connection.get();
			if (current == null) {
				current = connections.get();
				this.connection.set(current);
			}
			return current;
		}, STREAM, bufferSize, flushTimeout, this.faults);
	}

	private static Supplier<Connection> connecting(NatsServer server) {
		return () -> {
			try {
				return Nats.connect(server.options().build());
			}
			catch (IOException | InterruptedException ex) {
				throw new IllegalStateException("NATS is not there", ex);
			}
		};
	}

	/**
	 * A span with an id of its own.
	 */
	static SpanData span(int number) {
		return span(number, "GET /orders/" + number);
	}

	static SpanData span(int number, String name) {
		return TestSpanData.builder()
			.setName(name)
			.setKind(SpanKind.INTERNAL)
			.setSpanContext(SpanContext.create("%032x".formatted(number + 1), "%016x".formatted(number + 1),
					TraceFlags.getSampled(), TraceState.getDefault()))
			.setStartEpochNanos(1_000_000_000L + number)
			.setEndEpochNanos(1_002_000_000L + number)
			.setStatus(StatusData.unset())
			.setHasEnded(true)
			.build();
	}

	@Override
	public void close() {
		this.publisher.close();
		Connection current = this.connection.get();
		if (current != null) {
			new NatsConnection(current).close();
		}
	}

}
