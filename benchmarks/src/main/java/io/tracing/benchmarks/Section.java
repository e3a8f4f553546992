// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.EnumSet;
import java.util.Set;

/**
 * A part of the report: one benchmark, and the variants that it is about.
 */
enum Section {

	SEND("Send", Broker.KAFKA, "SendBenchmark.send", Set.of(Variant.values()), compared()),

	SEND_IN_SPAN("Send within a span", Broker.KAFKA, "SendBenchmark.sendInSpan", Set.of(Variant.values()), Set.of()),

	PROCESS("Processed record", Broker.KAFKA, "ProcessBenchmark.process", Set.of(Variant.values()), compared()),

	BATCH("Processed record of a batch", Broker.KAFKA, "BatchBenchmark.process", Set.of(Variant.values()), compared()),

	NATS_PUBLISH("Publish", Broker.NATS, "NatsPublishBenchmark.publish", withOff(core()), core()),

	NATS_HANDLER("Message delivered to a handler", Broker.NATS, "NatsHandlerBenchmark.handle", withOff(core()), core()),

	JETSTREAM_PUBLISH("Asynchronous publish to JetStream", Broker.NATS, "JetStreamPublishBenchmark.publishAsync",
			withOff(jetStream()), jetStream()),

	JETSTREAM_FETCH("Message of a fetch of 500, acknowledged", Broker.NATS, "FetchBenchmark.fetchAndAck",
			withOff(jetStream()), jetStream());

	private final String title;

	private final Broker broker;

	private final String benchmark;

	private final Set<Variant> variants;

	private final Set<Variant> everyRound;

	Section(String title, Broker broker, String benchmark, Set<Variant> variants, Set<Variant> everyRound) {
		this.title = title;
		this.broker = broker;
		this.benchmark = benchmark;
		this.variants = variants;
		this.everyRound = everyRound;
	}

	String title() {
		return this.title;
	}

	Broker broker() {
		return this.broker;
	}

	/**
	 * The pattern that JMH finds the benchmark by.
	 */
	String pattern() {
		return this.benchmark + "$";
	}

	/**
	 * Whether a variant is measured in a round. One round shows what a side aspect costs;
	 * what is compared gets them all.
	 */
	boolean measures(Variant variant, int round) {
		return ((round == 1) ? this.variants : this.everyRound).contains(variant);
	}

	private static Set<Variant> compared() {
		return EnumSet.range(Variant.NONE, Variant.MICROMETER);
	}

	/**
	 * OpenTelemetry's library sees nothing of JetStream.
	 */
	private static Set<Variant> core() {
		return with(jetStream(), Variant.OPENTELEMETRY);
	}

	private static Set<Variant> jetStream() {
		return EnumSet.of(Variant.NONE, Variant.FLOOR, Variant.STARTER, Variant.STARTER_UNSAMPLED);
	}

	private static Set<Variant> withOff(Set<Variant> variants) {
		return with(with(variants, Variant.STARTER_NOOP), Variant.DISABLED);
	}

	private static Set<Variant> with(Set<Variant> variants, Variant variant) {
		Set<Variant> more = EnumSet.copyOf(variants);
		more.add(variant);
		return more;
	}

	/**
	 * What is on the other side.
	 */
	enum Broker {

		/**
		 * Mocks of the clients, which answer at once. The JIT compiler was seen at work
		 * on the path of a record until the ninth second.
		 */
		KAFKA(2),

		/**
		 * A real server: what passes is mostly waiting, so that the processor's time is
		 * looked at.
		 */
		NATS(4);

		private final int warmupSeconds;

		Broker(int warmupSeconds) {
			this.warmupSeconds = warmupSeconds;
		}

		/**
		 * Whether forks run at the same time and measure in turns: a server has no turns.
		 */
		boolean runsInTurns() {
			return this == KAFKA;
		}

		/**
		 * How long an iteration lasts that warms up. Who waits for a server calls less
		 * often, and is compiled later.
		 */
		int warmupSeconds() {
			return this.warmupSeconds;
		}

	}

}
