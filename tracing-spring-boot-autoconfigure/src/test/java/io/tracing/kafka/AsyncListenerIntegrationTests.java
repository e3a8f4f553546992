// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
import static org.awaitility.Awaitility.await;

/**
 * Listeners that return a future: the span is as long as the work, and everything that
 * comes of it is in the trace.
 */
@TestInstance(Lifecycle.PER_CLASS)
class AsyncListenerIntegrationTests {

	private final Map<String, String> topics = Stream
		.of("pending", "replying", "replies", "failing", "stopped", "throwing", "erring", "forgiven", "sync",
				"syncReplies", "excluded", "mono", "monoReplies", "cancelled", "done", "suspending",
				"suspendingReplies", "suspendingBatches")
		.collect(Collectors.toMap(Function.identity(), KafkaBroker::newTopic));

	private ConfigurableApplicationContext context;

	private Spans spans;

	private AsyncApplication.Listeners listeners;

	@BeforeAll
	void start() {
		KafkaBroker.createTopics(topic("failing") + "-dlt", topic("throwing") + "-dlt", topic("mono") + "-dlt",
				topic("cancelled") + "-dlt", topic("suspending") + "-dlt");
		List<String> arguments = new ArrayList<>(List.of(
				"--spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
				"--spring.kafka.consumer.auto-offset-reset=earliest", "--management.tracing.sampling.probability=1",
				"--management.otlp.metrics.export.enabled=false", "--tracing.kafka.exclude-listeners=audit-*"));
		this.topics.forEach((name, topic) -> arguments.add("--" + name + "=" + topic));
		this.context = new SpringApplicationBuilder(AsyncApplication.class).web(WebApplicationType.NONE)
			.run(arguments.toArray(String[]::new));
		this.spans = this.context.getBean(Spans.class);
		this.listeners = this.context.getBean(AsyncApplication.Listeners.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
		this.spans.awaitNoneOpen();
	}

	@Test
	void spanEndsWithTheFuture() throws Exception {
		// Both in one poll: the container does not poll again before all is acknowledged.
		send("pending");
		send("pending");
		container("pending").start();
		CompletableFuture<String> first = this.listeners.next("pending");
		CompletableFuture<String> second = this.listeners.next("pending");
		assertThat(this.spans.named("process " + topic("pending"))).isEmpty();
		second.complete("done");
		SpanData ended = this.spans.await("process " + topic("pending"));
		first.complete("done");
		List<SpanData> processed = this.spans.await("process " + topic("pending"), 2);
		assertThat(processed.get(0)).isSameAs(ended);
		assertThat(processed).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
		assertThat(processed).extracting(SpanData::getStatus).containsOnly(StatusData.unset());
		assertThat(processed).allSatisfy((span) -> assertThat(span.getLinks()).hasSize(1));
	}

	@Test
	void replyAndWhatTheCompletingThreadDoesAreInTheTrace() throws Exception {
		send("replying");
		CompletableFuture<String> future = this.listeners.next("replying");
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
		future.complete("a reply");
		assertThat(Span.current().getSpanContext().isValid()).as("on the completing thread").isFalse();
		SpanData process = this.spans.await("process " + topic("replying"));
		SpanData reply = this.spans.await("send " + topic("replies"));
		assertThat(reply.getParentSpanId()).isEqualTo(process.getSpanId());
		assertThat(this.spans.await("process " + topic("replies")).getTraceId()).isEqualTo(process.getTraceId());
		assertThat(process.getEndEpochNanos()).isGreaterThanOrEqualTo(reply.getStartEpochNanos());
	}

	@Test
	void failureAfterTheMethodHasReturnedIsRecordedOnEachAttempt() throws Exception {
		send("failing");
		this.listeners.next("failing").completeExceptionally(new OutOfStock("attempt 1"));
		this.listeners.next("failing").completeExceptionally(new OutOfStock("attempt 2"));
		SpanData deadLetter = this.spans.await("send " + topic("failing") + "-dlt");
		List<SpanData> attempts = this.spans.await("process " + topic("failing"), 2);
		assertThat(attempts).extracting(SpanData::getStatus)
			.containsExactly(StatusData.create(StatusCode.ERROR, "attempt 1"),
					StatusData.create(StatusCode.ERROR, "attempt 2"));
		assertThat(attempts).extracting((span) -> span.getAttributes().get(MessagingAttributes.ERROR_TYPE))
			.containsOnly(OutOfStock.class.getName());
		SpanData send = this.spans.await("send " + topic("failing"));
		assertThat(attempts).extracting(SpanData::getParentSpanId).containsOnly(send.getSpanId());
		assertThat(deadLetter.getParentSpanId()).isEqualTo(attempts.get(1).getSpanId());
		assertThat(deadLetter.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
			.containsExactly(send.getSpanId());
	}

	@Test
	void monoIsFollowedLikeAFuture() throws Exception {
		send("mono");
		this.listeners.next("mono").completeExceptionally(new OutOfStock("no books left"));
		this.listeners.next("mono").complete("a reply");
		List<SpanData> attempts = this.spans.await("process " + topic("mono"), 2);
		assertThat(attempts).extracting(SpanData::getStatus)
			.containsExactly(StatusData.create(StatusCode.ERROR, "no books left"), StatusData.unset());
		assertThat(this.spans.await("send " + topic("monoReplies")).getParentSpanId())
			.isEqualTo(attempts.get(1).getSpanId());
	}

	@Test
	void suspendedFunctionIsFollowedLikeAFuture() throws Exception {
		BlockingQueue<CompletableFuture<String>> futures = this.context.getBean(SuspendingListener.class).getFutures();
		send("suspending");
		Objects.requireNonNull(futures.poll(15, TimeUnit.SECONDS))
			.completeExceptionally(new OutOfStock("no books left"));
		CompletableFuture<String> second = Objects.requireNonNull(futures.poll(15, TimeUnit.SECONDS));
		assertThat(this.spans.await("process " + topic("suspending")).getStatus())
			.isEqualTo(StatusData.create(StatusCode.ERROR, "no books left"));
		second.complete("a reply");
		List<SpanData> attempts = this.spans.await("process " + topic("suspending"), 2);
		assertThat(attempts.get(1).getStatus()).isEqualTo(StatusData.unset());
		assertThat(this.spans.await("send " + topic("suspendingReplies")).getParentSpanId())
			.isEqualTo(attempts.get(1).getSpanId());
	}

	@Test
	void cancelledFutureIsAFailure() throws Exception {
		send("cancelled");
		this.listeners.next("cancelled").cancel(true);
		this.listeners.next("cancelled").cancel(true);
		assertThat(this.spans.await("process " + topic("cancelled"), 2))
			.extracting((span) -> span.getAttributes().get(MessagingAttributes.ERROR_TYPE))
			.containsOnly(CancellationException.class.getName());
		assertThat(this.spans.await("send " + topic("cancelled") + "-dlt").getTraceId())
			.isEqualTo(this.spans.await("send " + topic("cancelled")).getTraceId());
	}

	@Test
	void futureThatIsDoneAlreadyEndsTheSpanWithTheMethod() throws Exception {
		send("done");
		assertThat(this.spans.await("process " + topic("done")).getStatus()).isEqualTo(StatusData.unset());
	}

	@Test
	void asynchronousMethodThatThrowsFailsAtOnce() throws Exception {
		send("throwing");
		SpanData deadLetter = this.spans.await("send " + topic("throwing") + "-dlt");
		List<SpanData> attempts = this.spans.await("process " + topic("throwing"), 2);
		assertThat(attempts).extracting(SpanData::getStatus)
			.containsOnly(StatusData.create(StatusCode.ERROR, "not a book"));
		assertThat(deadLetter.getParentSpanId()).isEqualTo(attempts.get(1).getSpanId());
	}

	@Test
	void futureThatOutlivesItsContainerIsAbandoned() throws Exception {
		send("stopped");
		CompletableFuture<String> future = this.listeners.next("stopped");
		container("stopped").stop();
		SpanData process = this.spans.await("process " + topic("stopped"));
		assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(process.getStatus().getDescription()).contains("container stopped");
		future.complete("too late");
		assertThat(this.spans.named("process " + topic("stopped"))).hasSize(1);
	}

	@Test
	void errorOfAListenerMethodIsRecordedAsWhatItIs() throws Exception {
		send("erring");
		SpanData process = this.spans.await("process " + topic("erring"));
		assertThat(process.getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "too deep"));
		assertThat(process.getAttributes().get(MessagingAttributes.ERROR_TYPE))
			.isEqualTo(StackOverflowError.class.getName());
	}

	@Test
	void exceptionThatTheListenersErrorHandlerTookIsNoError() throws Exception {
		send("forgiven");
		assertThat(this.spans.await("process " + topic("forgiven")).getStatus()).isEqualTo(StatusData.unset());
	}

	@Test
	void repliesOfASynchronousMethodAreChildrenOfItsSpan() throws Exception {
		send("sync");
		SpanData process = this.spans.await("process " + topic("sync"));
		assertThat(this.spans.await("send " + topic("syncReplies"), 2)).extracting(SpanData::getParentSpanId)
			.containsOnly(process.getSpanId());
		assertThat(this.spans.await("process " + topic("syncReplies"), 2)).extracting(SpanData::getTraceId)
			.containsOnly(process.getTraceId());
	}

	@Test
	void excludedListenerMakesNoSpan() throws Exception {
		send("excluded");
		await().atMost(15, TimeUnit.SECONDS)
			.until(() -> this.listeners.received.containsAll(List.of("a book in 00000000000000000000000000000000",
					"a book of a batch in 00000000000000000000000000000000")));
		assertThat(this.spans.await("send " + topic("excluded")).getLinks()).isEmpty();
		assertThat(this.spans.named("process " + topic("excluded"))).isEmpty();
	}

	private String topic(String name) {
		return this.topics.get(name);
	}

	private MessageListenerContainer container(String id) {
		return this.context.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer(id);
	}

	@SuppressWarnings("unchecked")
	private void send(String name) throws InterruptedException, ExecutionException, TimeoutException {
		this.context.getBean(KafkaTemplate.class).send(topic(name), "a book").get(10, TimeUnit.SECONDS);
	}

	private static final class OutOfStock extends RuntimeException {

		private static final long serialVersionUID = 1L;

		OutOfStock(String message) {
			super(message);
		}

	}

}
