// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.micrometer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tracing.bridge.DeadLetterReason;
import io.tracing.bridge.OtlpBridge;
import io.tracing.bridge.SignalStatus;
import io.tracing.telemetry.wire.Signal;

/**
 * What the bridge does, as meters with the tag {@code signal}. Each record that was
 * received is exported, rejected, dead-lettered, or still held.
 * <table>
 * <caption>Meters</caption>
 * <tr>
 * <th>Meter</th>
 * <th>Counts</th>
 * <th>Alert when</th>
 * </tr>
 * <tr>
 * <td>{@code tracing.bridge.received}</td>
 * <td>records that were read from the stream</td>
 * <td>it stands still while applications export</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.bridge.exported}</td>
 * <td>records that the backend took</td>
 * <td>it stands still while {@code received} grows</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.bridge.rejected}</td>
 * <td>records that the backend threw away while it took others of the same request</td>
 * <td>it grows: the log has the backend's reason</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.bridge.retried}</td>
 * <td>records that were sent again</td>
 * <td>it grows faster than {@code exported} for long: the backend is overloaded</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.bridge.redelivered}</td>
 * <td>messages that came again: at most as many were exported twice</td>
 * <td>it grows without a restart: {@code tracing.bridge.ack-wait} is too short</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.bridge.dead.lettered}</td>
 * <td>records in the dead-letter stream, with the tag {@code reason}</td>
 * <td>it grows: look at them, and replay them when what was wrong is mended</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.bridge.lag}</td>
 * <td>messages that no bridge has fetched yet</td>
 * <td>it grows for minutes: add a bridge, or look at the backend</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.bridge.pending}</td>
 * <td>messages that a bridge has fetched and not settled</td>
 * <td>it stays up while {@code exported} stands still</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.bridge.oldest.unexported}</td>
 * <td>seconds since the oldest message was stored that is not settled</td>
 * <td>it nears {@code tracing.telemetry.stream.max-age}: then messages are lost</td>
 * </tr>
 * <tr>
 * <td>{@code tracing.bridge.last.success}</td>
 * <td>seconds since the backend last took a request</td>
 * <td>it grows while {@code lag} is not zero</td>
 * </tr>
 * </table>
 */
public final class OtlpBridgeMetrics implements MeterBinder {

	private static final String PREFIX = "tracing.bridge.";

	private final OtlpBridge bridge;

	/**
	 * Create a new instance.
	 * @param bridge what is measured
	 */
	public OtlpBridgeMetrics(OtlpBridge bridge) {
		this.bridge = bridge;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (Signal signal : this.bridge.status().stream().map(SignalStatus::signal).toList()) {
			Tags tags = Tags.of("signal", signal.text());
			counters(registry, signal, tags);
			gauges(registry, signal, tags);
		}
	}

	private void counters(MeterRegistry registry, Signal signal, Tags tags) {
		Map<String, ToLongFunction<SignalStatus>> records = Map.of("received", SignalStatus::received, "exported",
				SignalStatus::exported, "rejected", SignalStatus::rejected, "retried", SignalStatus::retried);
		records.forEach((name, count) -> counter(registry, signal, name, tags, count, "records"));
		counter(registry, signal, "redelivered", tags, SignalStatus::redelivered, "messages");
		for (DeadLetterReason reason : DeadLetterReason.values()) {
			counter(registry, signal, "dead.lettered", tags.and("reason", reason.text()),
					(status) -> status.deadLettered().getOrDefault(reason, 0L), "records");
		}
	}

	private void gauges(MeterRegistry registry, Signal signal, Tags tags) {
		gauge(registry, signal, "lag", tags, (status) -> known(status.lag()), "messages");
		gauge(registry, signal, "pending", tags, (status) -> known(status.pending()), "messages");
		gauge(registry, signal, "oldest.unexported", tags, (status) -> seconds(status.oldestUnexported()), "seconds");
		gauge(registry, signal, "last.success", tags, OtlpBridgeMetrics::lastSuccess, "seconds");
	}

	private void counter(MeterRegistry registry, Signal signal, String name, Tags tags,
			ToLongFunction<SignalStatus> value, String unit) {
		FunctionCounter.builder(PREFIX + name, this.bridge, (source) -> value.applyAsLong(status(source, signal)))
			.tags(tags)
			.baseUnit(unit)
			.register(registry);
	}

	private void gauge(MeterRegistry registry, Signal signal, String name, Tags tags,
			ToDoubleFunction<SignalStatus> value, String unit) {
		Gauge.builder(PREFIX + name, this.bridge, (source) -> value.applyAsDouble(status(source, signal)))
			.tags(tags)
			.baseUnit(unit)
			.register(registry);
	}

	private static SignalStatus status(OtlpBridge bridge, Signal signal) {
		List<SignalStatus> all = bridge.status();
		return all.stream().filter((status) -> status.signal() == signal).findFirst().orElseThrow();
	}

	private static double known(long count) {
		return (count >= 0) ? count : Double.NaN;
	}

	private static double lastSuccess(SignalStatus status) {
		Instant last = status.lastSuccess();
		return (last != null) ? seconds(Duration.between(last, Instant.now())) : Double.NaN;
	}

	private static double seconds(Duration duration) {
		return duration.toMillis() / 1e3;
	}

}
