// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.sun.management.OperatingSystemMXBean;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.tracing.messaging.Faults;
import io.tracing.telemetry.JetStreamSpanExporter;
import io.tracing.telemetry.StreamPublisher;
import io.tracing.telemetry.TelemetryFormat;
import io.tracing.telemetry.wire.Signal;

/**
 * An application that ends spans at a steady rate and exports them to the stream by the
 * SDK's batch processor.
 */
public final class ExportProcess {

	private static final long BUFFER = 16 << 20;

	private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(500);

	private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

	private final HeapWatch heap = new HeapWatch();

	private final Connection connection;

	private ExportProcess(Connection connection) {
		this.connection = connection;
	}

	/**
	 * Export when asked to.
	 * @param arguments the URL of the nats-server
	 * @throws Exception if there is no nats-server
	 */
	public static void main(String[] arguments) throws Exception {
		Connection connection = Nats.connect(arguments[0]);
		ExportProcess process = new ExportProcess(connection);
		process.heap.start();
		Dialogue.run("ready", (command) -> process.answer(command.split(" ")));
		connection.close();
	}

	private String answer(String[] command) {
		TelemetryFormat format = TelemetryFormat.valueOf(command[0]);
		int queue = Integer.parseInt(command[1]);
		long rate = Long.parseLong(command[2]);
		long duration = TimeUnit.SECONDS.toNanos(Long.parseLong(command[3]));
		try (StreamPublisher publisher = new StreamPublisher(() -> this.connection, StreamFiller.stream(), BUFFER,
				Duration.ofMinutes(1), new Faults(Duration.ofMinutes(1)))) {
			publisher.start();
			SdkTracerProvider tracing = SdkTracerProvider.builder()
				.setResource(OrderSpans.RESOURCE)
				.addSpanProcessor(BatchSpanProcessor.builder(new JetStreamSpanExporter(publisher, format))
					.setMaxQueueSize(queue)
					.build())
				.build();
			long busy = this.system.getProcessCpuTime();
			long start = System.nanoTime();
			long ended = end(new OrderSpans(tracing.get("io.tracing.benchmarks")), rate, duration);
			long ending = System.nanoTime() - start;
			tracing.shutdown().join(1, TimeUnit.MINUTES);
			return "%d %d %d %d %d".formatted(ending, ended, publisher.counters().published(Signal.SPANS),
					this.system.getProcessCpuTime() - busy, this.heap.after());
		}
	}

	/**
	 * End spans at a rate, as far as the processor lets this thread.
	 * @return how many were ended
	 */
	private static long end(OrderSpans spans, long rate, long duration) {
		long start = System.nanoTime();
		long ended = 0;
		for (long now = 0; now < duration; now = System.nanoTime() - start) {
			for (long due = now * rate / TimeUnit.SECONDS.toNanos(1); ended < due; ended++) {
				spans.end();
			}
			LockSupport.parkNanos(PAUSE);
		}
		return ended;
	}

}
