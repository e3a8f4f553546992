// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.tracing.telemetry.StreamPublisher;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

/**
 * Starts to publish when all beans are there, so that the application's connection is not
 * asked for while it is being made. Flushes the SDK after everything that makes telemetry
 * has stopped, and before the bridge stops, which may be in the same application.
 */
final class TelemetryLifecycle implements SmartLifecycle {

	// The bridge is not above half of the lowest.
	static final int PHASE = Integer.MIN_VALUE / 2 + 1000;

	private final StreamPublisher publisher;

	private final ObjectProvider<OpenTelemetry> openTelemetry;

	private final Duration flushTimeout;

	private volatile boolean running;

	TelemetryLifecycle(StreamPublisher publisher, ObjectProvider<OpenTelemetry> openTelemetry, Duration flushTimeout) {
		this.publisher = publisher;
		this.openTelemetry = openTelemetry;
		this.flushTimeout = flushTimeout;
	}

	@Override
	public void start() {
		this.publisher.start();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.publisher.prepareToStop();
		List<CompletableResultCode> flushes = new ArrayList<>();
		if (this.openTelemetry.getIfUnique() instanceof OpenTelemetrySdk sdk) {
			flushes.add(sdk.getSdkTracerProvider().forceFlush());
			flushes.add(sdk.getSdkLoggerProvider().forceFlush());
			flushes.add(sdk.getSdkMeterProvider().forceFlush());
		}
		CompletableResultCode.ofAll(flushes).join(this.flushTimeout.toMillis(), TimeUnit.MILLISECONDS);
		this.publisher.flush().join(this.flushTimeout.toMillis(), TimeUnit.MILLISECONDS);
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
