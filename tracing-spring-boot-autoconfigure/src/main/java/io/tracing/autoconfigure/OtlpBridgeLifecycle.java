// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import io.tracing.bridge.OtlpBridge;

import org.springframework.context.SmartLifecycle;

/**
 * Runs the bridge as long as the application. It stops after everything that has
 * something to export, and before the connection is closed.
 */
final class OtlpBridgeLifecycle implements SmartLifecycle {

	// Bean's own phase is as late as can be: what produces telemetry stops before.
	static final int PHASE = Integer.MIN_VALUE;

	private final OtlpBridge bridge;

	OtlpBridgeLifecycle(OtlpBridge bridge) {
		this.bridge = bridge;
	}

	@Override
	public void start() {
		this.bridge.start();
	}

	@Override
	public void stop() {
		this.bridge.stop();
	}

	@Override
	public boolean isRunning() {
		return this.bridge.isRunning();
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
