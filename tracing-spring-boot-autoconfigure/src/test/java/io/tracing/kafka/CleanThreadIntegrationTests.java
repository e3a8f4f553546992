// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TracedKafka;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Invariant 3: the thread is clean afterwards, also after code that leaves its own dirt.
 */
@SuppressWarnings("try")
class CleanThreadIntegrationTests {

	@Test
	void scopeThatAListenerNeverClosesEndsWithItsRecord() {
		String topic = KafkaBroker.newTopic("clean");
		List<Scope> leaked = new ArrayList<>();
		List<Context> contexts = new ArrayList<>();
		try (TracedKafka kafka = TracedKafka.builder().consumer(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10).start()) {
			for (int i = 0; i < 3; i++) {
				kafka.send(topic, "a book");
			}
			kafka.listen(topic, (record) -> {
				contexts.add(Context.current());
				// Kept, so that the strict context does not complain of a lost scope.
				leaked.add(Context.current().with(ContextKey.named("leaked"), "yes").makeCurrent());
			});
			List<SpanData> spans = kafka.spans().await("process " + topic, 3);
			assertThat(spans).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
			assertThat(spans).as("nothing ambient to link to").allMatch((span) -> span.getLinks().size() == 1);
			assertThat(contexts).extracting((context) -> Span.fromContext(context).getSpanContext().getSpanId())
				.containsExactlyElementsOf(spans.stream().map(SpanData::getSpanId).toList());
		}
	}

	@Test
	void senderKeepsItsContext() {
		String topic = KafkaBroker.newTopic("clean");
		try (TracedKafka kafka = TracedKafka.start()) {
			Context before = Context.current().with(ContextKey.named("mine"), "yes");
			try (Scope scope = before.makeCurrent()) {
				kafka.send(topic, "a book");
				assertThat(Context.current()).isSameAs(before);
			}
			assertThat(Context.current()).isSameAs(Context.root());
		}
	}

	@Test
	void callbackRunsInTheSendersContextAndLeavesNothingBehind() throws Exception {
		String topic = KafkaBroker.newTopic("clean");
		try (TracedKafka kafka = TracedKafka.start()) {
			Span sender = kafka.sdk().getTracer("test").spanBuilder("place order").startSpan();
			CompletableFuture<String> inCallback = new CompletableFuture<>();
			CompletableFuture<String> inFuture = new CompletableFuture<>();
			CompletableFuture<Context> afterwards = new CompletableFuture<>();
			try (Scope scope = sender.makeCurrent()) {
				kafka.template()
					.execute((producer) -> producer.send(new ProducerRecord<>(topic, "a book"),
							(metadata, exception) -> inCallback.complete(Span.current().getSpanContext().getSpanId())));
				kafka.template()
					.send(topic, "a book")
					.whenComplete(
							(result, exception) -> inFuture.complete(Span.current().getSpanContext().getSpanId()));
			}
			finally {
				sender.end();
			}
			assertThat(inCallback.get(10, TimeUnit.SECONDS)).isEqualTo(sender.getSpanContext().getSpanId());
			inFuture.get(10, TimeUnit.SECONDS);
			kafka.template()
				.send(topic, "a book")
				.whenComplete((result, exception) -> afterwards.complete(Context.current()));
			assertThat(afterwards.get(10, TimeUnit.SECONDS)).isSameAs(Context.root());
		}
	}

	@Test
	void spanThatIsCurrentOnTheConsumerThreadIsLinkedAndLeftAlone() {
		String topic = KafkaBroker.newTopic("clean");
		SpanContext ambient = SpanContext.create(TraceParentVector.TRACE_ID, TraceParentVector.SPAN_ID,
				TraceFlags.getSampled(), TraceState.getDefault());
		try (TracedKafka kafka = TracedKafka.start()) {
			TracingRecordInterceptor<Object, Object> interceptor = new TracingRecordInterceptor<>(kafka.tracing());
			kafka.send(topic, "a book");
			SpanData send = kafka.spans().await("send " + topic);
			MockConsumer<Object, Object> consumer = new MockConsumer<>("earliest");
			ConsumerRecord<byte[], byte[]> wire = KafkaBroker.records(topic, 1).get(0);
			ConsumerRecord<Object, Object> record = new ConsumerRecord<Object, Object>(topic, 0, 0, "key", "value");
			wire.headers().forEach(record.headers()::add);
			Context before = Context.root().with(Span.wrap(ambient));
			try (Scope scope = before.makeCurrent()) {
				interceptor.intercept(record, consumer);
				assertThat(Span.current().getSpanContext().getTraceId()).isEqualTo(send.getTraceId());
				interceptor.success(record, consumer);
				interceptor.afterRecord(record, consumer);
				assertThat(Context.current()).isSameAs(before);
				interceptor.clearThreadState(consumer);
			}
			SpanData process = kafka.spans().await("process " + topic);
			assertThat(process.getParentSpanId()).isEqualTo(send.getSpanId());
			assertThat(process.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(send.getSpanId(), ambient.getSpanId());
		}
	}

}
