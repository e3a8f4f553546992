// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.sun.management.OperatingSystemMXBean;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.tracing.bridge.OtlpBridge;
import io.tracing.bridge.OtlpHttpOptions;
import io.tracing.bridge.SignalStatus;
import io.tracing.telemetry.wire.Signal;

/**
 * Drains the stream, by the bridge or by nothing but fetches and acknowledgments, as
 * often as it is asked to: each time from the beginning, with a durable of its own.
 */
public final class DrainProcess {

	private static final Duration LIMIT = Duration.ofMinutes(2);

	private static final Duration FETCH_LIMIT = Duration.ofSeconds(20);

	private static final double MEASURED = 0.9;

	private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(10);

	private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

	private final HeapWatch heap = new HeapWatch();

	private final Connection connection;

	private int durables;

	private final String backend;

	private DrainProcess(Connection connection, String backend) {
		this.connection = connection;
		this.backend = backend;
	}

	/**
	 * Drain when asked to.
	 * @param arguments the URL of the nats-server, the URL of the backend
	 * @throws Exception if there is no nats-server
	 */
	public static void main(String[] arguments) throws Exception {
		Connection connection = Nats.connect(arguments[0]);
		DrainProcess process = new DrainProcess(connection, arguments[1]);
		process.heap.start();
		Dialogue.run("ready", (command) -> process.answer(command.split(" ")));
		connection.close();
	}

	private String answer(String[] command) throws Exception {
		int batchSize = Integer.parseInt(command[1]);
		long amount = Long.parseLong(command[2]);
		String durable = ProcessHandle.current().pid() + "-" + this.durables++;
		long busy = this.system.getProcessCpuTime();
		double perSecond = switch (command[0]) {
			case "bridge" -> bridge(durable, batchSize, amount);
			case "bare" -> bare(durable, batchSize, amount);
			default -> throw new IllegalArgumentException("Unknown command '" + command[0] + "'");
		};
		return perSecond + " " + (this.system.getProcessCpuTime() - busy) / 1e3 + " " + this.heap.most();
	}

	/**
	 * Drain by the bridge, with its defaults but for the size of a batch.
	 * @return how many a second
	 */
	private double bridge(String durable, int batchSize, long records) throws Exception {
		String consumer = durable + "-" + Signal.SPANS.text();
		long start = System.nanoTime();
		try (OtlpBridge bridge = OtlpBridge
			.builder(() -> this.connection, OtlpHttpOptions.builder().endpoint(this.backend).build())
			.durable(durable)
			.batchSize(batchSize)
			.build()) {
			bridge.start();
			// The rest is at most a batch that waits to become full.
			SignalStatus most = awaitExported(bridge, (long) (records * MEASURED));
			double perSecond = most.exported() * 1e9 / (System.nanoTime() - start);
			SignalStatus status = awaitExported(bridge, records);
			awaitSettled(consumer);
			if (status.exported() != records || status.received() != records || status.retried() > 0
					|| status.rejected() > 0 || status.deadLetters() > 0) {
				throw new IllegalStateException(records + " spans were published, but " + status);
			}
			return perSecond;
		}
		finally {
			for (Signal signal : Signal.values()) {
				this.connection.jetStreamManagement()
					.deleteConsumer(StreamFiller.STREAM, durable + "-" + signal.text());
			}
		}
	}

	private SignalStatus awaitExported(OtlpBridge bridge, long records) {
		long limit = System.nanoTime() + LIMIT.toNanos();
		SignalStatus status = bridge.status().get(0);
		while (status.exported() < records) {
			if (System.nanoTime() - limit > 0) {
				throw new IllegalStateException("The bridge is not through in time: " + status);
			}
			LockSupport.parkNanos(LOOK);
			status = bridge.status().get(0);
		}
		return status;
	}

	private long awaitSettled(String consumer) throws IOException, JetStreamApiException {
		JetStreamManagement management = this.connection.jetStreamManagement();
		while (true) {
			ConsumerInfo info = management.getConsumerInfo(StreamFiller.STREAM, consumer);
			if (info.getNumAckPending() == 0 && info.getNumPending() == 0) {
				return System.nanoTime();
			}
			LockSupport.parkNanos(LOOK);
		}
	}

	/**
	 * Do the least that a reader of the stream can do.
	 * @return how many a second
	 */
	private double bare(String durable, int batchSize, long messages) throws IOException, JetStreamApiException {
		long start = System.nanoTime();
		JetStreamManagement management = this.connection.jetStreamManagement();
		management.addOrUpdateConsumer(StreamFiller.STREAM,
				ConsumerConfiguration.builder()
					.durable(durable)
					.filterSubject(Signal.SPANS.subjectPrefix() + ">")
					.ackPolicy(AckPolicy.Explicit)
					.build());
		try {
			JetStreamSubscription subscription = this.connection.jetStream()
				.subscribe(null, PullSubscribeOptions.bind(StreamFiller.STREAM, durable));
			long left = messages;
			while (left > 0) {
				int fetched = 0;
				for (Message message : subscription.fetch((int) Math.min(batchSize, left), FETCH_LIMIT)) {
					message.ack();
					fetched++;
				}
				if (fetched == 0) {
					throw new IllegalStateException("The stream has " + left + " messages less than it should");
				}
				left -= fetched;
			}
			long end = awaitSettled(durable);
			subscription.unsubscribe();
			return messages * 1e9 / (end - start);
		}
		finally {
			management.deleteConsumer(StreamFiller.STREAM, durable);
		}
	}

}
