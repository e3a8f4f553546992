// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.nats.client.Connection;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.Faults;
import io.tracing.telemetry.JetStreamSpanExporter;
import io.tracing.telemetry.StreamPublisher;
import io.tracing.telemetry.TelemetryFormat;
import io.tracing.telemetry.TelemetryStream;
import io.tracing.telemetry.wire.Signal;

/**
 * Fills the stream by the exporter, in batches of as many spans as the SDK's processor
 * makes.
 */
final class StreamFiller {

	static final String STREAM = "TELEMETRY";

	/** What the SDK's batch processor exports together. */
	static final int BATCH = 512;

	private static final long BUFFER = 64 << 20;

	private StreamFiller() {
	}

	static TelemetryStream stream() {
		return new TelemetryStream(STREAM, Duration.ofDays(7), 1L << 30, 1);
	}

	/**
	 * Fill the stream.
	 * @param connection the connection
	 * @param format what a message looks like
	 * @param batches how many batches
	 */
	static void fill(Connection connection, TelemetryFormat format, int batches) {
		List<SpanData> batch = new ArrayList<>(BATCH);
		try (StreamPublisher publisher = new StreamPublisher(() -> connection, stream(), BUFFER, Duration.ofMinutes(1),
				new Faults(Duration.ofMinutes(1)));
				SdkTracerProvider tracing = SdkTracerProvider.builder()
					.setResource(OrderSpans.RESOURCE)
					.addSpanProcessor(new Collector(batch))
					.build()) {
			publisher.start();
			JetStreamSpanExporter exporter = new JetStreamSpanExporter(publisher, format);
			OrderSpans spans = new OrderSpans(tracing.get("io.tracing.benchmarks"));
			for (int i = 0; i < batches; i++) {
				for (int j = 0; j < BATCH; j++) {
					spans.end();
				}
				exporter.export(batch);
				batch.clear();
				while (publisher.waitingBytes() > BUFFER / 2) {
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
				}
			}
			publisher.flush().join(1, TimeUnit.MINUTES);
			long published = publisher.counters().published(Signal.SPANS);
			if (published != (long) batches * BATCH) {
				throw new IllegalStateException(
						"Of " + batches * BATCH + " spans, " + published + " were published to the stream");
			}
		}
	}

	/** Keeps what has ended. */
	private record Collector(List<SpanData> ended) implements SpanProcessor {

		@Override
		public void onStart(Context parentContext, ReadWriteSpan span) {
		}

		@Override
		public boolean isStartRequired() {
			return false;
		}

		@Override
		public void onEnd(ReadableSpan span) {
			this.ended.add(span.toSpanData());
		}

		@Override
		public boolean isEndRequired() {
			return true;
		}

	}

}
