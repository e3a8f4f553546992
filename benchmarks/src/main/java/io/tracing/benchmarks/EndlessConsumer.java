// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * A consumer that always has records, for as many polls as are demanded, and waits in
 * between.
 */
final class EndlessConsumer extends MockConsumer<String, String> {

	static final int RECORDS_PER_POLL = 500;

	static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

	static final String SPAN_ID = "00f067aa0ba902b7";

	private static final byte[] HEADER_NAME = "traceparent".getBytes(StandardCharsets.UTF_8);

	private static final byte[] HEADER_VALUE = ("00-" + TRACE_ID + "-" + SPAN_ID + "-01")
		.getBytes(StandardCharsets.UTF_8);

	private static final TopicPartition PARTITION = new TopicPartition(Fixture.TOPIC, 0);

	private static final Map<MetricName, Metric> METRICS = Fixture.metricsOfClient(Fixture.CONSUMER_CLIENT_ID);

	private final BlockingQueue<Integer> demands = new LinkedBlockingQueue<>();

	private final Semaphore demandsMet = new Semaphore(0);

	private final int recordsPerPoll;

	private int pollsLeft;

	private boolean busy;

	private long offset;

	EndlessConsumer() {
		this(RECORDS_PER_POLL);
	}

	EndlessConsumer(int recordsPerPoll) {
		super("earliest");
		this.recordsPerPoll = recordsPerPoll;
	}

	/**
	 * Let the listener container have so many polls and wait until it comes back for
	 * more, which it does when it is through with the last record.
	 */
	void handOver(int polls) throws InterruptedException {
		this.demands.add(polls);
		if (!this.demandsMet.tryAcquire(1, TimeUnit.MINUTES)) {
			throw new IllegalStateException("The listener container did not process " + polls
					+ " polls within a minute: see its log for the reason");
		}
	}

	@Override
	public ConsumerRecords<String, String> poll(Duration timeout) {
		if (this.pollsLeft == 0) {
			awaitDemand(timeout);
		}
		if (this.pollsLeft == 0) {
			return ConsumerRecords.empty();
		}
		this.pollsLeft--;
		return nextRecords();
	}

	private void awaitDemand(Duration timeout) {
		if (this.busy) {
			this.busy = false;
			this.demandsMet.release();
		}
		try {
			Integer polls = this.demands.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
			if (polls != null && polls > 0) {
				this.pollsLeft = polls;
				this.busy = true;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Records are made anew for each poll, as Kafka's consumer makes them: a tracer that
	 * keeps something per record must pay for it.
	 */
	private ConsumerRecords<String, String> nextRecords() {
		List<ConsumerRecord<String, String>> records = new ArrayList<>(this.recordsPerPoll);
		long now = System.currentTimeMillis();
		for (int i = 0; i < this.recordsPerPoll; i++) {
			// Undecoded, as they come off the wire: reading the header decodes it.
			Header header = new RecordHeader(ByteBuffer.wrap(HEADER_NAME), ByteBuffer.wrap(HEADER_VALUE));
			records.add(new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), this.offset++, now,
					TimestampType.CREATE_TIME, Fixture.KEY.length(), Fixture.VALUE.length(), Fixture.KEY, Fixture.VALUE,
					new RecordHeaders(new Header[] { header }), Optional.empty()));
		}
		return new ConsumerRecords<>(Map.of(PARTITION, records), Map.of(PARTITION, new OffsetAndMetadata(this.offset)));
	}

	@Override
	public synchronized void wakeup() {
		this.demands.add(0);
	}

	@Override
	public synchronized Map<MetricName, ? extends Metric> metrics() {
		return METRICS;
	}

	@Override
	@SuppressWarnings("removal") // ConsumerGroupMetadata becomes an interface
	public ConsumerGroupMetadata groupMetadata() {
		return new ConsumerGroupMetadata(Fixture.GROUP);
	}

}
