// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.stream.IntStream;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The messages of the soak. What is wrong with one is told by its number.
 */
final class SoakMessages {

	private static final int FAILS_EVERY = 499;

	private static final int HOSTILE_EVERY = 1_009;

	private static final int UNSENDABLE_EVERY = 5_003;

	private SoakMessages() {
	}

	/**
	 * Send messages.
	 * @param topic where to
	 * @param every of how many messages one goes there
	 * @param from the first number
	 * @param to the number after the last
	 */
	static void send(KafkaTemplate<String, String> template, String topic, int every, int from, int to) {
		of(every, from, to).forEach((id) -> {
			ProducerRecord<String, String> record = new ProducerRecord<>(topic, Integer.toString(id % 64),
					Integer.toString(id));
			if (id % HOSTILE_EVERY == 1) {
				record.headers().add("traceparent", new byte[] { (byte) 0xff, 0, -1 }).add("tracestate", null);
			}
			try {
				template.send(record);
			}
			catch (RuntimeException ex) {
				assertThat(isUnsendable(id)).as(ex.toString()).isTrue();
			}
		});
		template.flush();
	}

	/**
	 * How many of the first messages arrive.
	 */
	static int arriving(int every, int messages) {
		return (int) of(every, 0, messages).filter((id) -> !isUnsendable(id)).count();
	}

	/**
	 * How many of the first messages arrive, and fail.
	 */
	static int failing(int every, int messages) {
		return (int) of(every, 0, messages).filter((id) -> isToFail(id) && !isUnsendable(id)).count();
	}

	private static IntStream of(int every, int from, int to) {
		return IntStream.range(from, to).filter((id) -> id % every == 1 % every);
	}

	static boolean isToFail(int id) {
		return id % FAILS_EVERY == 1;
	}

	private static boolean isUnsendable(int id) {
		return id % UNSENDABLE_EVERY == 1;
	}

	/**
	 * Cannot serialize one message in some thousands.
	 */
	public static final class FailingSerializer extends StringSerializer {

		@Override
		public byte[] serialize(String topic, String data) {
			if (topic.startsWith("soak-") && !topic.startsWith("soak-dead") && isUnsendable(Integer.parseInt(data))) {
				throw new IllegalArgumentException("injected");
			}
			return super.serialize(topic, data);
		}

	}

}
