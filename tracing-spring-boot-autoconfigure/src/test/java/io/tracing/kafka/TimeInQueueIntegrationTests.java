// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.Map;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.messaging.ConsumerParent;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.Inbox;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long a message waited, by whose clock; and whose child its span is.
 */
class TimeInQueueIntegrationTests {

	@Test
	void timestampOfTheProducerIsTheProducersClock() {
		String topic = KafkaBroker.newTopic("queue");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.listen(topic, Inbox.ofValues());
			kafka.send(new ProducerRecord<>(topic, null, System.currentTimeMillis() - 60_000, "key", "a book"));
			Attributes attributes = kafka.spans().await("process " + topic).getAttributes();
			assertThat(attributes.get(MessagingAttributes.TIME_IN_QUEUE)).isBetween(60.0, 120.0);
			assertThat(attributes.get(MessagingAttributes.TIME_IN_QUEUE_SOURCE)).isEqualTo("producer");
		}
	}

	@Test
	void timestampOfTheBrokerIsTheBrokersClock() {
		String topic = KafkaBroker.newTopic("queue", 1, Map.of("message.timestamp.type", "LogAppendTime"));
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.listen(topic, Inbox.ofValues());
			kafka.send(new ProducerRecord<>(topic, null, System.currentTimeMillis() - 600_000, "key", "a book"));
			Attributes attributes = kafka.spans().await("process " + topic).getAttributes();
			assertThat(attributes.get(MessagingAttributes.TIME_IN_QUEUE)).isBetween(0.0, 60.0);
			assertThat(attributes.get(MessagingAttributes.TIME_IN_QUEUE_SOURCE)).isEqualTo("broker");
		}
	}

	@Test
	void timestampInTheFutureIsZero() {
		String topic = KafkaBroker.newTopic("queue");
		try (TracedKafka kafka = TracedKafka.start()) {
			kafka.listen(topic, Inbox.ofValues());
			kafka.send(new ProducerRecord<>(topic, null, System.currentTimeMillis() + 600_000, "key", "a book"));
			assertThat(kafka.spans().await("process " + topic).getAttributes().get(MessagingAttributes.TIME_IN_QUEUE))
				.isZero();
		}
	}

	@Test
	void missingTimestampIsNoTime() {
		try (TracedKafka kafka = TracedKafka.start()) {
			TracingRecordInterceptor<Object, Object> interceptor = new TracingRecordInterceptor<>(kafka.tracing());
			ConsumerRecord<Object, Object> record = new ConsumerRecord<>("queue", 0, 0, "key", "value");
			MockConsumer<Object, Object> consumer = new MockConsumer<>("earliest");
			interceptor.intercept(record, consumer);
			interceptor.success(record, consumer);
			interceptor.afterRecord(record, consumer);
			interceptor.clearThreadState(consumer);
			assertThat(kafka.spans().await("process queue").getAttributes().asMap())
				.doesNotContainKeys(MessagingAttributes.TIME_IN_QUEUE, MessagingAttributes.TIME_IN_QUEUE_SOURCE);
		}
	}

	@Test
	@SuppressWarnings("try")
	void sendIsAChildOfTheCurrentSpan() {
		String topic = KafkaBroker.newTopic("queue");
		try (TracedKafka kafka = TracedKafka.start()) {
			Span order = kafka.sdk().getTracer("test").spanBuilder("place order").startSpan();
			try (Scope scope = order.makeCurrent()) {
				kafka.send(topic, "a book");
			}
			order.end();
			SpanData send = kafka.spans().await("send " + topic);
			assertThat(send.getTraceId()).isEqualTo(order.getSpanContext().getTraceId());
			assertThat(send.getParentSpanId()).isEqualTo(order.getSpanContext().getSpanId());
		}
	}

	@Test
	@SuppressWarnings("try")
	void processSpanCanBeARootThatOnlyLinks() {
		String topic = KafkaBroker.newTopic("queue");
		try (TracedKafka kafka = TracedKafka.builder()
			.messaging((messaging) -> messaging.consumerParent(ConsumerParent.LINK))
			.start()) {
			Inbox<String> tenants = Inbox.of((record) -> Baggage.current().getEntryValue("tenant") + " in "
					+ Span.current().getSpanContext().getSpanId());
			kafka.listen(topic, tenants);
			try (Scope scope = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
				kafka.send(topic, "a book");
			}
			SpanData send = kafka.spans().await("send " + topic);
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getTraceId()).isNotEqualTo(send.getTraceId());
			assertThat(process.getParentSpanContext().isValid()).isFalse();
			assertThat(process.getLinks()).singleElement()
				.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(send.getSpanId()));
			assertThat(tenants.await()).isEqualTo("acme in " + process.getSpanId());
		}
	}

}
