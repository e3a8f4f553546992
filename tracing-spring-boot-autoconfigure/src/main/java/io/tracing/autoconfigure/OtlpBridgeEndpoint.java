// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

import io.nats.client.JetStreamApiException;
import io.tracing.bridge.OtlpBridge;
import io.tracing.bridge.ReplayResult;
import io.tracing.bridge.SignalState;
import io.tracing.bridge.SignalStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Shows how the bridge is doing, pauses and resumes it, and replays dead letters. Shows
 * no header and nothing of a record.
 */
@Endpoint(id = "otlpbridge")
public final class OtlpBridgeEndpoint {

	private static final int DEFAULT_LIMIT = 1_000;

	private final OtlpBridge bridge;

	OtlpBridgeEndpoint(OtlpBridge bridge) {
		this.bridge = bridge;
	}

	/**
	 * Describe the state of the bridge.
	 * @return the state
	 */
	@ReadOperation
	public BridgeDescriptor bridge() {
		return describe(null);
	}

	/**
	 * Do something with the bridge.
	 * @param command what to do
	 * @param limit the most dead letters to replay; 1,000 if there is none
	 * @return the state afterwards
	 * @throws IOException if NATS does not answer
	 * @throws JetStreamApiException if JetStream refuses to replay
	 */
	@WriteOperation
	public BridgeDescriptor control(@Selector Command command, @Nullable Integer limit)
			throws IOException, JetStreamApiException {
		return switch (command) {
			case PAUSE -> {
				this.bridge.pause();
				yield describe(null);
			}
			case RESUME -> {
				this.bridge.resume();
				yield describe(null);
			}
			case REPLAY -> describe(replay((limit != null) ? limit : DEFAULT_LIMIT));
		};
	}

	private ReplayDescriptor replay(int limit) throws IOException, JetStreamApiException {
		if (limit < 1) {
			throw new InvalidEndpointRequestException("limit=" + limit + " replays nothing", "limit must be 1 or more");
		}
		ReplayResult result = this.bridge.replay(limit);
		return new ReplayDescriptor(result.replayed(), result.skipped(), result.more());
	}

	private BridgeDescriptor describe(@Nullable ReplayDescriptor replay) {
		return new BridgeDescriptor(this.bridge.isRunning(),
				this.bridge.status()
					.stream()
					.collect(Collectors.toMap((signal) -> signal.signal().text(), OtlpBridgeEndpoint::signal)),
				replay);
	}

	private static SignalDescriptor signal(SignalStatus signal) {
		Map<String, Long> deadLettered = signal.deadLettered()
			.entrySet()
			.stream()
			.filter((count) -> count.getValue() > 0)
			.collect(Collectors.toMap((count) -> count.getKey().text(), Map.Entry::getValue));
		return new SignalDescriptor(signal.state(), signal.reason(), signal.durable(), signal.messages(),
				signal.redelivered(), signal.received(), signal.exported(), signal.rejected(), signal.retried(),
				deadLettered, signal.lag(), signal.pending(), signal.oldestUnexported(), signal.lastSuccess());
	}

	/**
	 * What can be done with the bridge.
	 */
	public enum Command {

		/** Export nothing until it is resumed. */
		PAUSE,

		/** Go on, at once if it waits for the next try. */
		RESUME,

		/** Publish dead letters to the subjects that they came from. */
		REPLAY

	}

	/**
	 * The state of the bridge.
	 *
	 * @param running whether it was started
	 * @param signals how each signal is doing
	 * @param replay what a replay has done, if there was one
	 */
	public record BridgeDescriptor(boolean running, Map<String, SignalDescriptor> signals,
			@Nullable ReplayDescriptor replay) implements OperationResponseBody {

	}

	/**
	 * How a signal is doing. The counts are those of this bridge since it was made.
	 *
	 * @param state how the export is going
	 * @param reason what keeps it from going well
	 * @param durable the durable consumer that it comes from
	 * @param messages messages that were delivered
	 * @param redelivered messages that were delivered again
	 * @param received records that were read
	 * @param exported records that the backend took
	 * @param rejected records that the backend rejected while it took others
	 * @param retried records that were sent again
	 * @param deadLettered records that are dead letters, by reason
	 * @param lag messages in the stream that were not fetched yet, -1 if not known
	 * @param pending messages that were fetched and are not settled, -1 if not known
	 * @param oldestUnexported the age of the oldest message that is not settled
	 * @param lastSuccess when the backend last took a request
	 */
	public record SignalDescriptor(SignalState state, @Nullable String reason, @Nullable String durable, long messages,
			long redelivered, long received, long exported, long rejected, long retried, Map<String, Long> deadLettered,
			long lag, long pending, Duration oldestUnexported, @Nullable Instant lastSuccess) {

	}

	/**
	 * What a replay has done.
	 *
	 * @param replayed how many dead letters are in the stream again
	 * @param skipped how many could not be published again
	 * @param more whether there are more than the limit
	 */
	public record ReplayDescriptor(int replayed, int skipped, boolean more) {

	}

}
