// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tracing.telemetry.DropReason;
import io.tracing.telemetry.StreamPublisher;
import io.tracing.telemetry.wire.Signal;

/**
 * What becomes of the telemetry that is published to the stream, as meters.
 * <table>
 * <caption>Meters</caption>
 * <tr>
 * <th>Meter</th>
 * <th>Counts</th>
 * <th>Alert when</th>
 * </tr>
 * <tr>
 * <td>{@code tracing.telemetry.published}</td>
 * <td>records that the stream has, with the tag {@code signal}</td>
 * <td>it stands still: NATS is away</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.telemetry.dropped}</td>
 * <td>records that are lost, with the tags {@code signal} and {@code reason}</td>
 * <td>it grows: the log says what to do</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.telemetry.retried}</td>
 * <td>messages that were published again</td>
 * <td>it grows all the time: NATS is overloaded</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.telemetry.buffer}</td>
 * <td>bytes that wait for the stream</td>
 * <td>it nears {@code tracing.telemetry.buffer-size}</td>
 * </tr>
 * </table>
 */
public final class TelemetryMetrics implements MeterBinder {

	private final StreamPublisher publisher;

	/**
	 * Create a new instance.
	 * @param publisher what is to be watched
	 */
	public TelemetryMetrics(StreamPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (Signal signal : Signal.values()) {
			FunctionCounter
				.builder("tracing.telemetry.published", this.publisher,
						(publisher) -> publisher.counters().published(signal))
				.description("Records that the stream has acknowledged")
				.tag("signal", signal.text())
				.register(registry);
			for (DropReason reason : DropReason.values()) {
				FunctionCounter
					.builder("tracing.telemetry.dropped", this.publisher,
							(publisher) -> publisher.counters().dropped(signal, reason))
					.description("Records that are lost")
					.tag("signal", signal.text())
					.tag("reason", reason.text())
					.register(registry);
			}
		}
		FunctionCounter
			.builder("tracing.telemetry.retried", this.publisher, (publisher) -> publisher.counters().retried())
			.description("Messages that were published again")
			.register(registry);
		Gauge.builder("tracing.telemetry.buffer", this.publisher, StreamPublisher::waitingBytes)
			.description("Bytes that wait for the stream")
			.baseUnit("bytes")
			.register(registry);
	}

}
