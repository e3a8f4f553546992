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

import org.springframework.beans.factory.BeanNameAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Gets all that the SDK has to the stream: when the application stops, and once more
 * before its connection is closed, for what beans do while they are destroyed. A bean of
 * its own, made before the connection: it would be destroyed too early otherwise.
 */
final class TelemetryFlush implements BeanNameAware, DisposableBean {

	private final ObjectProvider<StreamPublisher> publisher;

	private final ObjectProvider<OpenTelemetry> openTelemetry;

	private final Duration timeout;

	private String name = "";

	TelemetryFlush(ObjectProvider<StreamPublisher> publisher, ObjectProvider<OpenTelemetry> openTelemetry,
			Duration timeout) {
		this.publisher = publisher;
		this.openTelemetry = openTelemetry;
		this.timeout = timeout;
	}

	@Override
	public void setBeanName(String name) {
		this.name = name;
	}

	/**
	 * Flush before this connection is closed as well.
	 */
	void before(TelemetryConnection connection) {
		connection.destroyBefore(this.name);
	}

	void flush() {
		StreamPublisher target = this.publisher.getObject();
		List<CompletableResultCode> flushes = new ArrayList<>();
		if (this.openTelemetry.getIfUnique() instanceof OpenTelemetrySdk sdk) {
			flushes.add(sdk.getSdkTracerProvider().forceFlush());
			flushes.add(sdk.getSdkLoggerProvider().forceFlush());
			flushes.add(sdk.getSdkMeterProvider().forceFlush());
		}
		CompletableResultCode.ofAll(flushes).join(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
		target.flush().join(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	@Override
	public void destroy() {
		// With a connection of telemetry's own, this comes after all is over.
		if (this.publisher.getObject().isRunning()) {
			flush();
		}
	}

}
