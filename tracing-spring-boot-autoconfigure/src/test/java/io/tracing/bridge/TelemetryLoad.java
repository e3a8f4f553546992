// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.tracing.telemetry.wire.Signal;

/**
 * Telemetry that comes without end: 100 messages a second of each signal, in turns a
 * request of OTLP with two records and a record that is JSON.
 */
final class TelemetryLoad implements AutoCloseable {

	private static final long INTERVAL_MILLIS = 10;

	private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();

	private final BridgeScenario scenario;

	private final ScheduledFuture<?> publishing;

	private volatile int records;

	private boolean encoded;

	private TelemetryLoad(BridgeScenario scenario) {
		this.scenario = scenario;
		this.publishing = this.publisher.scheduleAtFixedRate(this::publish, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
	}

	static TelemetryLoad start(BridgeScenario scenario) {
		return new TelemetryLoad(scenario);
	}

	private void publish() {
		this.encoded = !this.encoded;
		for (Signal signal : Signal.values()) {
			if (this.encoded) {
				this.scenario.publishOtlp(signal, OtlpSamples.request(signal, this.records, 2));
			}
			else {
				this.scenario.publish(signal.subjectPrefix() + "dagnats-engine.r1",
						OtlpSamples.record(signal, this.records));
			}
		}
		this.records += this.encoded ? 2 : 1;
	}

	/**
	 * Stop. All that was published is in the stream.
	 * @return how many records of each signal there are
	 */
	int stop() {
		this.publisher.shutdown();
		try {
			if (!this.publisher.awaitTermination(10, TimeUnit.SECONDS) || !this.publishing.isCancelled()) {
				throw new AssertionError("The load ended before it was stopped: " + this.publishing);
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
		return this.records;
	}

	@Override
	public void close() {
		this.publisher.shutdownNow();
	}

}
