// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.tracing.telemetry.StreamPublisher;

import org.springframework.context.SmartLifecycle;

/**
 * Starts to publish when all beans are there, so that the application's connection is not
 * asked for while it is being made. Flushes after everything that makes telemetry has
 * stopped, and before the bridge stops, which may be in the same application.
 */
final class TelemetryLifecycle implements SmartLifecycle {

	// The bridge is not above half of the lowest.
	static final int PHASE = Integer.MIN_VALUE / 2 + 1000;

	private final StreamPublisher publisher;

	private final TelemetryConnection connection;

	private final TelemetryFlush flush;

	private volatile boolean running;

	TelemetryLifecycle(StreamPublisher publisher, TelemetryConnection connection, TelemetryFlush flush) {
		this.publisher = publisher;
		this.connection = connection;
		this.flush = flush;
	}

	@Override
	public void start() {
		this.flush.before(this.connection);
		this.publisher.start();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.publisher.prepareToStop();
		this.flush.flush();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
