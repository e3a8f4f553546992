// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.tracing.natsserver.NatsServerProcess;
import io.tracing.telemetry.TelemetryFormat;

/**
 * Drains one stream again and again, by the bridge and by fetches and acknowledgments
 * alone, in turns, so that a disturbance falls on both.
 */
final class DrainMeasurement {

	static final String HEAD = "| format | batch | records/s | messages/s, beside bare fetch and ack | CPU µs a record: bridge,"
			+ " nats-server, backend | heap used at most |\n|---|---|---|---|---|---|\n";

	/** The JIT compiler was seen at work on the path of a record until the third. */
	private static final int WARMUPS = 3;

	/** What a fetch alone is best at: more would be more than a fetch brings at once. */
	private static final Map<TelemetryFormat, Integer> BARE_BATCH = Map.of(TelemetryFormat.OTLP, 100,
			TelemetryFormat.DAGNATS, 500);

	private final TelemetryFormat format;

	private final long messages;

	private final long records;

	private final int batches;

	/**
	 * Create a new instance.
	 * @param format what a message looks like
	 * @param messagesOfBatch how many messages a batch of spans is
	 * @param batches how many batches are in the stream
	 */
	DrainMeasurement(TelemetryFormat format, int messagesOfBatch, int batches) {
		this.format = format;
		this.batches = batches;
		this.messages = (long) batches * messagesOfBatch;
		this.records = (long) batches * StreamFiller.BATCH;
	}

	/**
	 * Measure.
	 * @param turns how often
	 * @param batchSizes the batch sizes of the bridge
	 * @return a row of the table for each batch size
	 */
	String run(int turns, List<Integer> batchSizes) throws Exception {
		try (MeasuredServer server = MeasuredServer.start()) {
			fill(server.process());
			try (ChildProcess backend = ChildProcess.start(SpanReceiver.class);
					ChildProcess bridge = drain(server, backend);
					ChildProcess bare = drain(server, backend)) {
				Map<Integer, List<DrainTurn>> bridges = new LinkedHashMap<>();
				List<DrainTurn> bares = new ArrayList<>();
				for (int turn = -WARMUPS; turn < turns; turn++) {
					for (int batchSize : batchSizes) {
						DrainTurn measured = bridge(batchSize, bridge, backend, server);
						System.out.printf("%s, turn %d: batch %d %s%n", this.format, turn + 1, batchSize, measured);
						if (turn >= 0) {
							bridges.computeIfAbsent(batchSize, (key) -> new ArrayList<>()).add(measured);
						}
					}
					DrainTurn measured = DrainTurn
						.of(bare.ask("bare %d %d".formatted(BARE_BATCH.get(this.format), this.messages)));
					if (turn >= 0) {
						bares.add(measured);
					}
					System.out.printf("%s, turn %d: bare %s%n", this.format, turn + 1, measured);
				}
				StringBuilder rows = new StringBuilder();
				bridges.forEach((batchSize, measured) -> rows.append(row(batchSize, measured, bares)));
				return rows.toString();
			}
		}
	}

	private static ChildProcess drain(MeasuredServer server, ChildProcess backend) throws IOException {
		return ChildProcess.start(DrainProcess.class, server.process().url(), "http://127.0.0.1:" + backend.greeting());
	}

	private void fill(NatsServerProcess server) throws Exception {
		Connection connection = Nats.connect(server.url());
		try {
			StreamFiller.fill(connection, this.format, this.batches);
			long bytes = connection.jetStreamManagement()
				.getStreamInfo(StreamFiller.STREAM)
				.getStreamState()
				.getByteCount();
			System.out.printf("%n%s: %,d spans in %,d messages, %,d bytes a span%n", this.format, this.records,
					this.messages, bytes / this.records);
		}
		finally {
			connection.close();
		}
	}

	/**
	 * Drain by the bridge, and see that the backend has got what was published, no less
	 * and no more.
	 */
	private DrainTurn bridge(int batchSize, ChildProcess bridge, ChildProcess backend, MeasuredServer server)
			throws IOException {
		long before = Long.parseLong(backend.ask("spans"));
		double backendBusy = backend.processorMicros();
		double serverBusy = server.processorMicros();
		DrainTurn turn = DrainTurn.of(bridge.ask("bridge %d %d".formatted(batchSize, this.records)));
		long received = Long.parseLong(backend.ask("spans")) - before;
		if (received != this.records) {
			throw new IllegalStateException(this.records + " spans were published, and " + received + " arrived");
		}
		return turn.with((server.processorMicros() - serverBusy), backend.processorMicros() - backendBusy);
	}

	private String row(int batchSize, List<DrainTurn> bridges, List<DrainTurn> bares) {
		double perSecond = Median.of(bridges, DrainTurn::perSecond);
		double messagesPerSecond = perSecond * this.messages / this.records;
		double bare = Median.of(bares, DrainTurn::perSecond);
		return String.format(Locale.ROOT,
				"| `%s` | %d | %,.0f | %,.0f, %.0f %% of %,.0f | %.2f, %.2f, %.2f | %.0f MiB |%n",
				this.format.name().toLowerCase(Locale.ROOT), batchSize, perSecond, messagesPerSecond,
				100 * messagesPerSecond / bare, bare, Median.of(bridges, DrainTurn::micros) / this.records,
				Median.of(bridges, DrainTurn::serverMicros) / this.records,
				Median.of(bridges, DrainTurn::backendMicros) / this.records,
				Median.of(bridges, (turn) -> turn.heap() / 0x1p20));
	}

}
