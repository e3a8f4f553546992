// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;

import org.awaitility.Awaitility;

import org.springframework.kafka.listener.MessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The consumers of one group, which process each message that comes to them at least
 * once.
 */
final class SoakGroup {

	private final BitSet processed = new BitSet();

	private final LongAdder buried = new LongAdder();

	private final AtomicInteger number = new AtomicInteger();

	private final ConcurrentLinkedDeque<MessageListenerContainer> containers = new ConcurrentLinkedDeque<>();

	private final String name;

	private final String topic;

	private final int every;

	private final Function<SoakGroup, MessageListenerContainer> factory;

	/**
	 * Create a new instance.
	 * @param name the name of the group
	 * @param topic where its messages are
	 * @param every of how many messages one comes to the group
	 * @param factory makes a container that calls {@link #process(String)}
	 */
	SoakGroup(String name, String topic, int every, Function<SoakGroup, MessageListenerContainer> factory) {
		this.name = name;
		this.topic = topic;
		this.every = every;
		this.factory = factory;
	}

	String name() {
		return this.name;
	}

	String topic() {
		return this.topic;
	}

	String nextContainerName() {
		return this.name + "-" + this.number.incrementAndGet();
	}

	void start() {
		MessageListenerContainer container = this.factory.apply(this);
		container.start();
		this.containers.add(container);
	}

	/**
	 * Process a message, which may fail.
	 */
	void process(String value) {
		int id = Integer.parseInt(value);
		synchronized (this.processed) {
			this.processed.set(id);
		}
		if (SoakMessages.isToFail(id)) {
			throw new IllegalArgumentException("injected");
		}
	}

	/**
	 * A message has failed for the last time.
	 */
	void buried() {
		this.buried.increment();
	}

	/**
	 * A second container joins, and leaves when there has been some progress.
	 */
	void scaleUpAndDown(int messages) {
		start();
		int progress = SoakMessages.arriving(this.every, messages);
		await(progress, (count) -> count >= progress);
		this.containers.removeLast().stop();
	}

	void stopAndStart() {
		stop();
		start();
	}

	void stop() {
		this.containers.forEach(MessageListenerContainer::stop);
		this.containers.clear();
	}

	void await(int messages) {
		int all = SoakMessages.arriving(this.every, messages);
		await(all, (count) -> count == all);
	}

	private void await(int messages, Predicate<Integer> condition) {
		Awaitility.await(this.name + " to process " + messages)
			.atMost(Duration.ofSeconds(180))
			.until(this::count, condition);
	}

	/**
	 * What has failed of the first messages has been tried again and buried.
	 */
	void assertBuried(int messages) {
		assertThat(this.buried.sum()).as(this.name).isGreaterThanOrEqualTo(SoakMessages.failing(this.every, messages));
	}

	private int count() {
		synchronized (this.processed) {
			return this.processed.cardinality();
		}
	}

}
