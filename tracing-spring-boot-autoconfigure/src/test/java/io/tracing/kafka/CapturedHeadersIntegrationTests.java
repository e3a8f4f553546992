// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Header values that the user asked to see on the spans, and no others.
 */
class CapturedHeadersIntegrationTests {

	private final String topic = KafkaBroker.newTopic("headers");

	@Test
	void namedHeadersAreOnBothSpans() {
		try (TracedKafka kafka = TracedKafka.builder()
			.kafka((builder) -> builder.captureHeaders(List.of("tenant", "hop", "absent", "empty")))
			.start()) {
			exchange(kafka);
			for (String operation : List.of("send ", "process ")) {
				SpanData span = kafka.spans().await(operation + this.topic);
				assertThat(header(span, "tenant")).containsExactly("acme");
				assertThat(header(span, "hop")).as("in the order of the record").containsExactly("one", "two");
				assertThat(header(span, "absent")).isNull();
				assertThat(header(span, "empty")).as("has no value").isNull();
				assertThat(header(span, "secret")).isNull();
			}
		}
	}

	@Test
	void noneIsOnASpanByDefault() {
		try (TracedKafka kafka = TracedKafka.start()) {
			exchange(kafka);
			for (String operation : List.of("send ", "process ")) {
				assertThat(kafka.spans().await(operation + this.topic).getAttributes().asMap().keySet())
					.extracting(AttributeKey::getKey)
					.noneMatch((name) -> name.startsWith("messaging.header"));
			}
		}
	}

	private void exchange(TracedKafka kafka) {
		kafka.listen(this.topic, Inbox.ofValues());
		ProducerRecord<Object, Object> record = new ProducerRecord<>(this.topic, "a book");
		record.headers()
			.add("tenant", bytes("acme"))
			.add("hop", bytes("one"))
			.add("secret", bytes("hidden"))
			.add("hop", bytes("two"))
			.add("empty", null);
		kafka.send(record);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static @Nullable List<String> header(SpanData span, String name) {
		return span.getAttributes().get(AttributeKey.stringArrayKey("messaging.header." + name));
	}

}
