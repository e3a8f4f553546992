// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;

import org.springframework.kafka.listener.MessageListener;

/**
 * A listener that notes something about each record it is given.
 *
 * @param <T> what it notes
 */
public final class Inbox<T> implements MessageListener<Object, Object> {

	private final List<T> notes = new CopyOnWriteArrayList<>();

	private final Function<ConsumerRecord<Object, Object>, T> note;

	private Inbox(Function<ConsumerRecord<Object, Object>, T> note) {
		this.note = note;
	}

	public static <T> Inbox<T> of(Function<ConsumerRecord<Object, Object>, T> note) {
		return new Inbox<>(note);
	}

	public static Inbox<String> ofValues() {
		return of((record) -> String.valueOf(record.value()));
	}

	@Override
	public void onMessage(ConsumerRecord<Object, Object> record) {
		this.notes.add(this.note.apply(record));
	}

	/**
	 * Wait until there are so many notes.
	 * @param count how many
	 * @return the notes
	 */
	public List<T> await(int count) {
		return Awaitility.await(count + " records processed")
			.atMost(Duration.ofSeconds(30))
			.until(() -> List.copyOf(this.notes), (notes) -> notes.size() >= count);
	}

	public T await() {
		return await(1).get(0);
	}

}
