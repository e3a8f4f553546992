// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.sun.management.OperatingSystemMXBean;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.Nats;
import io.nats.client.impl.Headers;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.tracing.messaging.Faults;
import io.tracing.telemetry.JetStreamSpanExporter;
import io.tracing.telemetry.StreamPublisher;
import io.tracing.telemetry.TelemetryFormat;
import io.tracing.telemetry.wire.Signal;

/**
 * An application that ends spans and exports them to the stream, as often as it is asked
 * to.
 */
public final class ExportProcess {

	/** The default. */
	private static final long BUFFER = 16 << 20;

	private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(500);

	/** As many as the publisher has on the way. */
	private static final int ON_THE_WAY = 512;

	private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

	private final Connection connection;

	private int repetitions;

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
		Dialogue.run("ready", (command) -> process.answer(command.split(" ")));
		connection.close();
	}

	private String answer(String[] command) throws Exception {
		return switch (command[0]) {
			case "steady" -> steady(TelemetryFormat.valueOf(command[1]), Integer.parseInt(command[2]),
					Long.parseLong(command[3]), TimeUnit.SECONDS.toNanos(Long.parseLong(command[4])));
			case "most" -> most(TelemetryFormat.valueOf(command[1]), Integer.parseInt(command[2]));
			case "bare" -> bare(Integer.parseInt(command[1]), Integer.parseInt(command[2]));
			default -> throw new IllegalArgumentException("Unknown command '" + command[0] + "'");
		};
	}

	/**
	 * End spans at a steady rate, and export them by the SDK's batch processor.
	 * @return how many were ended a second, how many were not published, and how many
	 * cores that kept busy
	 */
	private String steady(TelemetryFormat format, int queue, long rate, long duration) {
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
			double ending = System.nanoTime() - start;
			tracing.shutdown().join(1, TimeUnit.MINUTES);
			double cores = (this.system.getProcessCpuTime() - busy) / ending;
			return ended / ending * 1e9 + " " + (ended - publisher.counters().published(Signal.SPANS)) + " " + cores;
		}
	}

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

	/**
	 * Export as fast as the stream takes it.
	 * @return how many spans a second
	 */
	private String most(TelemetryFormat format, int batches) {
		long start = System.nanoTime();
		StreamFiller.fill(this.connection, format, batches);
		return Double.toString((double) batches * StreamFiller.BATCH / (System.nanoTime() - start) * 1e9);
	}

	/**
	 * Publish as fast as the stream takes it, the same body again and again.
	 * @return how many messages a second
	 */
	private String bare(int bytes, int messages) throws Exception {
		JetStream stream = this.connection.jetStream();
		String subject = Signal.SPANS.subjectPrefix() + "orders";
		byte[] body = new byte[bytes];
		Semaphore onTheWay = new Semaphore(ON_THE_WAY);
		int repetition = this.repetitions++;
		long start = System.nanoTime();
		for (int i = 0; i < messages; i++) {
			onTheWay.acquire();
			Headers headers = new Headers().put("Nats-Msg-Id", repetition + "." + i);
			stream.publishAsync(subject, headers, body).whenComplete((ack, fault) -> onTheWay.release());
		}
		onTheWay.acquire(ON_THE_WAY);
		return Double.toString(messages * 1e9 / (System.nanoTime() - start));
	}

}
