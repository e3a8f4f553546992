// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.tracing.natsserver.NatsServerBinary;
import io.tracing.natsserver.NatsServerProcess;
import io.tracing.telemetry.TelemetryFormat;

/**
 * Measures the path of telemetry over NATS, and prints what the README quotes.
 */
public final class BridgeReport {

	private static final String HEAP = "256m";

	private static final int DEFAULT_BATCH = 100;

	private static final int WARMUPS = 2;

	private final int turns;

	private BridgeReport(int turns) {
		this.turns = turns;
	}

	/**
	 * Measure and print.
	 * @param turns how often each thing is measured
	 * @throws Exception if the bridge is not through in time, or something got lost
	 */
	public static void main(String[] arguments) throws Exception {
		BridgeReport report = new BridgeReport(Integer.parseInt(arguments[0]));
		for (String argument : arguments) {
			switch (argument) {
				case "otlp" -> report.drain(TelemetryFormat.OTLP, 1200, 1200, 100);
				case "dagnats" -> report.drain(TelemetryFormat.DAGNATS, 600, 600 * StreamFiller.BATCH, 500);
				case "export" -> report.export();
			}
		}
	}

	public static void run(int turns) throws Exception {
		BridgeReport report = new BridgeReport(turns);
		report.drain(TelemetryFormat.OTLP, 1200, 1200, 100);
		report.drain(TelemetryFormat.DAGNATS, 600, 600 * StreamFiller.BATCH, 500);
		report.export();
	}

	private void drain(TelemetryFormat format, int batches, long messages, int bareSize) throws Exception {
		try (NatsServerProcess server = NatsServerProcess.start(NatsServerBinary.locate(System.out::println),
				NatsServerProcess.ANY_PORT)) {
			long bytes = fill(server, format, batches);
			long records = (long) batches * StreamFiller.BATCH;
			System.out.printf("%n%s: %,d spans in %,d messages, %,d bytes a span%n", format, records, messages,
					bytes / records);
			try (ChildProcess backend = ChildProcess.start(SpanReceiver.class, HEAP);
					ChildProcess bridge = drain(server, backend);
					ChildProcess bare = drain(server, backend)) {
				List<Turn> bridges = new ArrayList<>();
				List<Turn> bares = new ArrayList<>();
				for (int i = -WARMUPS; i < this.turns; i++) {
					long before = received(backend);
					long[] busy = busy();
					Turn one = Turn
						.of(bridge.ask("bridge bridge" + (i + WARMUPS) + " " + DEFAULT_BATCH + " " + records));
					long received = received(backend) - before;
					long[] busyNow = busy();
					StringBuilder cpu = new StringBuilder();
					long sum = 0;
					for (int k = 0; k < busy.length; k++) {
						sum += busyNow[k] - busy[k];
						cpu.append(String.format("%.2f ", (busyNow[k] - busy[k]) / 1e3 / records));
					}
					cpu.append(String.format("-> %,.0f/s on 2 cores", 2e9 / ((double) sum / records)));
					busy = busy();
					if (received != records) {
						throw new IllegalStateException(
								records + " spans were published, and " + received + " arrived");
					}
					Turn other = Turn.of(bare.ask("bare bare" + (i + WARMUPS) + " " + bareSize + " " + messages));
					busyNow = busy();
					sum = 0;
					for (int k = 0; k < busy.length; k++) {
						sum += busyNow[k] - busy[k];
						cpu.append(String.format(" %.2f", (busyNow[k] - busy[k]) / 1e3 / messages));
					}
					cpu.append(String.format("; bare -> %,.0f/s on 2 cores", 2e9 / ((double) sum / messages)));
					System.out.println(cpu);
					System.out.printf("%s: bridge %,.0f spans/s, bare %,.0f messages/s, %.3f; heap %d / %d MiB%n",
							i < 0 ? "warm-up" : "turn", one.perSecond, other.perSecond,
							one.perSecond * messages / records / other.perSecond, one.before >> 20, one.after >> 20);
					if (i >= 0) {
						bridges.add(one);
						bares.add(other);
					}
				}
				System.out.printf(Locale.ROOT, "%s | %,.0f spans/s | %.2f | cpu %.2f us/span, bare %.2f us/message%n",
						format, median(bridges, (turn) -> turn.perSecond),
						median(bridges, (turn) -> turn.perSecond) * messages / records / median(bares, (turn) -> turn.perSecond),
						median(bridges, (turn) -> turn.busy / 1e3 / records),
						median(bares, (turn) -> turn.busy / 1e3 / messages));
			}
		}
	}

	private static ChildProcess drain(NatsServerProcess server, ChildProcess backend) throws IOException {
		return ChildProcess.start(DrainProcess.class, HEAP, server.url(), "http://127.0.0.1:" + backend.greeting());
	}

	private static long received(ChildProcess backend) throws IOException {
		return Long.parseLong(backend.ask("count").split(" ")[0]);
	}

	private static long fill(NatsServerProcess server, TelemetryFormat format, int batches) throws Exception {
		Connection connection = Nats.connect(server.url());
		try {
			StreamFiller.fill(connection, format, batches);
			return connection.jetStreamManagement().getStreamInfo(StreamFiller.STREAM).getStreamState().getByteCount();
		}
		finally {
			connection.close();
		}
	}

	private void export() throws Exception {
		for (TelemetryFormat format : TelemetryFormat.values()) {
			for (int queue : new int[] { 2048, 65536 }) {
				try (NatsServerProcess server = NatsServerProcess.start(NatsServerBinary.locate(System.out::println),
						NatsServerProcess.ANY_PORT);
						ChildProcess application = ChildProcess.start(ExportProcess.class, HEAP, server.url())) {
					for (int i = 0; i < 1 + this.turns; i++) {
						String[] answer = application.ask(format + " " + queue + " 100000 5").split(" ");
						long ended = Long.parseLong(answer[1]);
						double seconds = Double.parseDouble(answer[0]) / 1e9;
						System.out.printf(
								"export %s queue %d: %,.0f spans/s ended, %,d of %,d dropped, %.2f cores, %d MiB%n",
								format, queue, ended / seconds, ended - Long.parseLong(answer[2]), ended,
								Double.parseDouble(answer[3]) / 1e9 / seconds, Long.parseLong(answer[4]) >> 20);
					}
				}
			}
		}
	}

	private static long[] busy() {
		return ProcessHandle.current().children().mapToLong((p) -> p.info().totalCpuDuration().get().toNanos()).toArray();
	}

	private static double median(List<Turn> turns, ToDoubleFunction<Turn> value) {
		double[] sorted = turns.stream().mapToDouble(value).sorted().toArray();
		return sorted[sorted.length / 2];
	}

	private record Turn(double perSecond, double busy, long before, long after) {

		static Turn of(String answer) {
			String[] words = answer.split(" ");
			return new Turn(Double.parseDouble(words[0]), Double.parseDouble(words[2]), Long.parseLong(words[3]),
					Long.parseLong(words[4]));
		}

	}

}
