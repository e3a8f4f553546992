// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.tracing.messaging.MessagingAttributes;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the headers of a record tell of its retries, and what they can't be made to tell.
 */
class RetryHeadersTests {

	@Test
	void recordThatWasNeverRetriedHasNoAttribute() {
		assertThat(attributes(header("kafka_replyTopic", text("replies")), header("a-header-of-20-chars", text("x"))))
			.isEqualTo(Attributes.empty());
	}

	@Test
	void greaterOfTheTwoNumbersIsTheAttempt() {
		assertThat(attributes(header("retry_topic-attempts", number(2)), header("kafka_deliveryAttempt", number(3)))
			.get(MessagingAttributes.KAFKA_DELIVERY_ATTEMPT)).isEqualTo(3);
		assertThat(attributes(header("retry_topic-attempts", number(4)), header("kafka_deliveryAttempt", number(1)))
			.get(MessagingAttributes.KAFKA_DELIVERY_ATTEMPT)).isEqualTo(4);
	}

	@Test
	void firstOriginalTopicIsTheOneItWasSentTo() {
		assertThat(attributes(header("kafka_original-topic", text("orders")),
				header("kafka_dlt-original-topic", text("orders-retry")))
			.get(MessagingAttributes.KAFKA_ORIGINAL_TOPIC)).isEqualTo("orders");
	}

	@Test
	void attemptThatWasCopiedToADeadLetterDoesNotCount() {
		Header copied = header("kafka_deliveryAttempt", number(3));
		Header original = header("kafka_dlt-original-topic", text("orders"));
		assertThat(attributes(copied, original).get(MessagingAttributes.KAFKA_DELIVERY_ATTEMPT)).isNull();
		assertThat(attributes(copied, original, header("kafka_deliveryAttempt", number(1)))
			.get(MessagingAttributes.KAFKA_DELIVERY_ATTEMPT)).isEqualTo(1);
	}

	@Test
	void hostileValuesAreIgnored() {
		for (byte[] value : new byte[][] { null, {}, { 1 }, number(0), number(-1), new byte[5] }) {
			assertThat(attributes(header("kafka_deliveryAttempt", value), header("retry_topic-attempts", value)))
				.isEqualTo(Attributes.empty());
		}
		for (byte[] value : new byte[][] { null, {}, new byte[250] }) {
			assertThat(attributes(header("kafka_original-topic", value), header("kafka_dlt-original-topic", value)))
				.isEqualTo(Attributes.empty());
		}
	}

	@Test
	void recordIsEarlyBeforeItsTimeOnly() {
		String name = "retry_topic-backoff-timestamp";
		assertThat(RetryHeaders.isEarly(new Header[] { header(name, BigInteger.valueOf(1).toByteArray()) })).isFalse();
		assertThat(RetryHeaders.isEarly(new Header[] {
				header(name, BigInteger.valueOf(System.currentTimeMillis() + 1_000_000).toByteArray()) }))
			.isTrue();
		for (byte[] value : new byte[][] { null, {}, new byte[9] }) {
			assertThat(RetryHeaders.isEarly(new Header[] { header(name, value) })).isFalse();
		}
		assertThat(RetryHeaders.isEarly(new Header[0])).isFalse();
	}

	private static Attributes attributes(Header... headers) {
		InMemorySpanExporter spans = InMemorySpanExporter.create();
		try (SdkTracerProvider provider = SdkTracerProvider.builder()
			.addSpanProcessor(SimpleSpanProcessor.create(spans))
			.build()) {
			SpanBuilder builder = provider.get("test").spanBuilder("process orders");
			RetryHeaders.set(builder, headers);
			builder.startSpan().end();
			return spans.getFinishedSpanItems().get(0).getAttributes();
		}
	}

	private static Header header(String name, byte[] value) {
		return new RecordHeader(name, value);
	}

	private static byte[] number(int number) {
		return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
