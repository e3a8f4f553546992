// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.MessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Batch listeners that return a future: the spans of the batch and of its records are as
 * long as the work, and what comes of it belongs to the batch.
 */
@TestInstance(Lifecycle.PER_CLASS)
class AsyncBatchListenerIntegrationTests {

	private final Map<String, String> topics = Stream
		.of("pending", "failing", "mono", "replies", "stopped", "throwing", "erring", "sync", "single", "suspending",
				"suspendingBatches", "suspendingReplies")
		.collect(Collectors.toMap(Function.identity(), KafkaBroker::newTopic));

	private ConfigurableApplicationContext context;

	private Spans spans;

	private AsyncBatchApplication.Listeners listeners;

	private AsyncBatchApplication.ReturnedBatches returned;

	@BeforeAll
	void start() {
		List<String> arguments = new ArrayList<>(
				List.of("--spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
						"--spring.kafka.consumer.auto-offset-reset=earliest",
						"--management.tracing.sampling.probability=1", "--management.otlp.metrics.export.enabled=false",
						"--tracing.kafka.consumer.record-spans-in-batch=true"));
		this.topics.forEach((name, topic) -> arguments.add("--" + name + "=" + topic));
		this.context = new SpringApplicationBuilder(AsyncBatchApplication.class).web(WebApplicationType.NONE)
			.run(arguments.toArray(String[]::new));
		this.spans = this.context.getBean(Spans.class);
		this.listeners = this.context.getBean(AsyncBatchApplication.Listeners.class);
		this.returned = this.context.getBean(AsyncBatchApplication.ReturnedBatches.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
		this.spans.awaitNoneOpen();
	}

	@Test
	void spansEndWithTheFuture() throws Exception {
		send("pending", "a book");
		send("pending", "a ball");
		container("pending").start();
		CompletableFuture<String> future = this.listeners.next("pending");
		this.returned.await(topic("pending"));
		Instant completed = Instant.now();
		future.complete("done");
		// That of the batch, and one for each record.
		List<SpanData> processed = this.spans.await("process " + topic("pending"), 3);
		assertThat(processed).extracting(SpanData::getStatus).containsOnly(StatusData.unset());
		assertThat(processed).allSatisfy(
				(span) -> assertThat(Instant.ofEpochSecond(0, span.getEndEpochNanos())).isAfterOrEqualTo(completed));
		assertThat(batch("pending").getLinks()).hasSize(2);
	}

	@Test
	void failureAfterTheMethodHasReturnedIsRecorded() throws Exception {
		send("failing", "a book");
		CompletableFuture<String> future = this.listeners.next("failing");
		this.returned.await(topic("failing"));
		assertThat(this.spans.named("process " + topic("failing"))).isEmpty();
		future.completeExceptionally(new OutOfStock("no books left"));
		// Spring Kafka logs the failure and goes on: there is no other attempt.
		assertThat(this.spans.await("process " + topic("failing"), 2)).allSatisfy((span) -> {
			assertThat(span.getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "no books left"));
			assertThat(span.getAttributes().get(MessagingAttributes.ERROR_TYPE)).isEqualTo(OutOfStock.class.getName());
			assertThat(span.getEvents()).hasSize(1);
		});
	}

	@Test
	void monoIsFollowedAndItsReplyBelongsToTheBatch() throws Exception {
		send("mono", "a book");
		CompletableFuture<String> future = this.listeners.next("mono");
		this.returned.await(topic("mono"));
		future.complete("a reply");
		assertThat(Span.current().getSpanContext().isValid()).as("on the completing thread").isFalse();
		this.spans.await("process " + topic("mono"), 2);
		SpanData reply = this.spans.await((span) -> span.getName().equals("send " + topic("replies"))
				&& span.getParentSpanId().equals(batch("mono").getSpanId()));
		assertThat(batch("mono").getEndEpochNanos()).isGreaterThanOrEqualTo(reply.getStartEpochNanos());
	}

	@Test
	void suspendedFunctionIsFollowedLikeAFuture() throws Exception {
		BlockingQueue<CompletableFuture<String>> futures = this.context.getBean(SuspendingListener.class).getFutures();
		send("suspendingBatches", "a book");
		CompletableFuture<String> future = futures.poll(15, TimeUnit.SECONDS);
		this.returned.await(topic("suspendingBatches"));
		assertThat(this.spans.named("process " + topic("suspendingBatches"))).isEmpty();
		future.complete("a reply");
		this.spans.await("process " + topic("suspendingBatches"), 2);
		assertThat(this.spans.await("send " + topic("suspendingReplies")).getParentSpanId())
			.isEqualTo(batch("suspendingBatches").getSpanId());
	}

	@Test
	void batchThatIsAdaptedRecordByRecordEndsWithTheLastFuture() throws Exception {
		send("single", "a book");
		send("single", "a ball");
		send("single", "a bat");
		container("single").start();
		CompletableFuture<String> first = this.listeners.next("single");
		CompletableFuture<String> second = this.listeners.next("single");
		CompletableFuture<String> third = this.listeners.next("single");
		this.returned.await(topic("single"));
		third.complete("done");
		first.completeExceptionally(new OutOfStock("no books left"));
		assertThat(this.spans.named("process " + topic("single"))).isEmpty();
		second.complete("done");
		this.spans.await("process " + topic("single"), 4);
		assertThat(batch("single").getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "no books left"));
	}

	@Test
	void futureThatOutlivesItsContainerIsAbandoned() throws Exception {
		send("stopped", "a book");
		CompletableFuture<String> future = this.listeners.next("stopped");
		container("stopped").stop();
		assertThat(this.spans.await("process " + topic("stopped"), 2)).allSatisfy((span) -> {
			assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(span.getStatus().getDescription()).contains("container stopped");
		});
		future.complete("too late");
		assertThat(this.spans.named("process " + topic("stopped"))).hasSize(2);
	}

	@Test
	void asynchronousMethodThatThrowsFailsAtOnce() throws Exception {
		send("throwing", "a book");
		// Two attempts, each at a batch of one record.
		assertThat(this.spans.await("process " + topic("throwing"), 4)).extracting(SpanData::getStatus)
			.containsOnly(StatusData.create(StatusCode.ERROR, "not a book"));
	}

	@Test
	void errorOfABatchMethodIsRecordedAsWhatItIs() throws Exception {
		send("erring", "a book");
		assertThat(this.spans.await("process " + topic("erring"), 2)).allSatisfy((span) -> {
			assertThat(span.getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "too deep"));
			assertThat(span.getAttributes().get(MessagingAttributes.ERROR_TYPE))
				.isEqualTo(StackOverflowError.class.getName());
		});
	}

	@Test
	void resultThatIsThereAlreadyEndsTheSpanWithTheMethod() throws Exception {
		send("sync", "a book");
		assertThat(this.spans.await("process " + topic("sync"), 2)).extracting(SpanData::getStatus)
			.containsOnly(StatusData.unset());
		this.spans.await((span) -> span.getName().equals("send " + topic("replies"))
				&& span.getParentSpanId().equals(batch("sync").getSpanId()));
	}

	private SpanData batch(String name) {
		return this.spans.named("process " + topic(name))
			.stream()
			.filter((span) -> span.getAttributes().get(MessagingAttributes.BATCH_MESSAGE_COUNT) != null)
			.findFirst()
			.orElseThrow();
	}

	private String topic(String name) {
		return this.topics.get(name);
	}

	private MessageListenerContainer container(String id) {
		return this.context.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer(id);
	}

	@SuppressWarnings("unchecked")
	private void send(String name, String value) throws Exception {
		this.context.getBean(KafkaTemplate.class).send(topic(name), value).get(10, TimeUnit.SECONDS);
	}

	private static final class OutOfStock extends RuntimeException {

		private static final long serialVersionUID = 1L;

		OutOfStock(String message) {
			super(message);
		}

	}

}
