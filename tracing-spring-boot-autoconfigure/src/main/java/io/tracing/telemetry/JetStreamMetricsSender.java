// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import io.micrometer.registry.otlp.OtlpMetricsSender;
import io.opentelemetry.sdk.resources.Resource;
import io.tracing.telemetry.wire.Signal;
import io.tracing.telemetry.wire.TelemetrySubjects;

/**
 * Sends what Micrometer's OTLP registry publishes to a JetStream stream. It comes
 * encoded, so it is OTLP in either format.
 */
public final class JetStreamMetricsSender implements OtlpMetricsSender {

	private final StreamPublisher publisher;

	private final String subject;

	/**
	 * Create a new instance.
	 * @param publisher gets what is sent to the stream; its owner closes it
	 * @param service the service that the metrics come from
	 */
	public JetStreamMetricsSender(StreamPublisher publisher, String service) {
		this.publisher = publisher;
		this.subject = TelemetrySubjects.of(Signal.METRICS, service);
	}

	/**
	 * Return the service that a resource names.
	 * @param resource the resource
	 * @return the name, {@code unknown_service} if it has none
	 */
	public static String service(Resource resource) {
		return ServiceName.of(resource);
	}

	@Override
	public void send(Request request) {
		byte[] metrics = request.getMetricsData();
		if (metrics.length > this.publisher.maxBody()) {
			this.publisher.drop(Signal.METRICS, DropReason.TOO_LARGE, 1,
					"the request has %d bytes, and the server takes %d: lower".formatted(metrics.length,
							this.publisher.maxBody())
							+ " management.otlp.metrics.export.batch-size, or raise the server's max_payload");
		}
		else {
			this.publisher.accept(Signal.METRICS, this.subject, metrics, 1);
		}
	}

}
