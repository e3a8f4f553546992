// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.nats.client.Dispatcher;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thread that runs handlers is as clean after a message as it was before, and what an
 * executor of the application left on it is no business of the messages; against a real
 * server.
 */
@SuppressWarnings("try")
class HandlerThreadIntegrationTests {

	private static final ContextKey<String> MARK = ContextKey.named("mark");

	private final String subject = NatsServer.newName("thread");

	private final ExecutorService executor = Executors.newCachedThreadPool();

	@AfterEach
	void shutDown() {
		this.executor.shutdownNow();
	}

	@Test
	void threadIsCleanBetweenMessages() throws Exception {
		BlockingQueue<Context> between = new LinkedBlockingQueue<>();
		try (TracedNats nats = TracedNats.builder()
			.nats((builder) -> builder.subjects((subject) -> !subject.endsWith(".untraced")))
			.start()) {
			Dispatcher dispatcher = nats.connection().createDispatcher((message) -> {
				if (message.getSubject().endsWith(".untraced")) {
					between.add(Context.current());
				}
				else if (message.getSubject().endsWith(".bad")) {
					throw new IllegalStateException("injected");
				}
			});
			dispatcher.subscribe(this.subject + ".*");
			for (String end : List.of(".untraced", ".good", ".untraced", ".bad", ".untraced")) {
				nats.connection().publish(this.subject + end, null);
			}
			for (int i = 0; i < 3; i++) {
				assertThat(between.poll(10, TimeUnit.SECONDS)).isSameAs(Context.root());
			}
			nats.spans().await("process " + this.subject + ".*", 2);
		}
	}

	@Test
	void scopeThatAHandlerNeverClosesEndsWithItsMessage() {
		List<Scope> leaked = new ArrayList<>();
		List<Context> contexts = Collections.synchronizedList(new ArrayList<>());
		try (TracedNats nats = TracedNats.start()) {
			nats.connection().createDispatcher((message) -> {
				contexts.add(Context.current());
				// Kept, so that the strict context does not complain of a lost scope.
				leaked.add(Context.current().with(MARK, "leaked").makeCurrent());
			}).subscribe(this.subject);
			for (int i = 0; i < 3; i++) {
				nats.connection().publish(this.subject, null);
			}
			List<SpanData> spans = nats.spans().await("process " + this.subject, 3);
			assertThat(spans).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
			assertThat(spans).as("nothing ambient to link to").allMatch((span) -> span.getLinks().size() == 1);
			assertThat(contexts).extracting((context) -> Span.fromContext(context).getSpanContext().getSpanId())
				.containsExactlyElementsOf(spans.stream().map(SpanData::getSpanId).toList());
			assertThat(contexts).allMatch((context) -> context.get(MARK) == null);
		}
	}

	@Test
	void contextThatAnExecutorPropagatesIsNotThatOfTheMessages() throws Exception {
		BlockingQueue<Context> untraced = new LinkedBlockingQueue<>();
		BlockingQueue<Context> traced = new LinkedBlockingQueue<>();
		try (TracedNats nats = TracedNats.builder()
			.options((options) -> options.executor(Context.taskWrapping(this.executor)))
			.nats((builder) -> builder.subjects((subject) -> !subject.endsWith(".untraced")))
			.start()) {
			Span creator = nats.sdk().getTracer("test").spanBuilder("start up").startSpan();
			Context atCreation = Context.root().with(creator).with(MARK, "creator");
			try (Scope scope = atCreation.makeCurrent()) {
				nats.connection()
					.createDispatcher((message) -> (message.getSubject().endsWith(".untraced") ? untraced : traced)
						.add(Context.current()))
					.subscribe(this.subject + ".*");
			}
			finally {
				creator.end();
			}
			nats.flush();
			nats.raw().publish(this.subject + ".created", null);
			nats.connection().publish(this.subject + ".created", null);
			nats.raw().publish(this.subject + ".untraced", null);
			List<SpanData> processes = nats.spans().await("process " + this.subject + ".*", 2);
			SpanData publish = nats.spans().await("publish " + this.subject + ".created");

			assertThat(processes).extracting(SpanData::getTraceId)
				.doesNotContain(creator.getSpanContext().getTraceId());
			assertThat(processes.get(0).getParentSpanContext().isValid()).isFalse();
			assertThat(processes.get(0).getLinks()).as("the creator has nothing to do with it").isEmpty();
			assertThat(processes.get(1).getParentSpanId()).isEqualTo(publish.getSpanId());
			assertThat(processes.get(1).getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(publish.getSpanId());
			for (int i = 0; i < 2; i++) {
				assertThat(traced.poll(10, TimeUnit.SECONDS).get(MARK)).isNull();
			}
			assertThat(untraced.poll(10, TimeUnit.SECONDS)).as("what the thread had, it has again")
				.isSameAs(atCreation);
		}
	}

	@Test
	void handlersOfOneDispatcherThatRunAtTheSameTimeHaveEachTheirOwnSpan() throws Exception {
		int messages = 4;
		CountDownLatch together = new CountDownLatch(messages);
		BlockingQueue<String> current = new LinkedBlockingQueue<>();
		try (TracedNats nats = TracedNats.builder()
			.options((options) -> options.executor(Context.taskWrapping(this.executor)).useDispatcherWithExecutor())
			.start()) {
			nats.connection().createDispatcher((message) -> {
				together.countDown();
				assertThat(together.await(10, TimeUnit.SECONDS)).as("all at once").isTrue();
				current.add(message.getSubject() + " in " + Span.current().getSpanContext().getSpanId());
			}).subscribe(this.subject + ".*", "billing");
			for (int i = 0; i < messages; i++) {
				nats.connection().publish(this.subject + "." + i, null);
			}
			List<SpanData> processes = nats.spans().await("process " + this.subject + ".*", messages);
			assertThat(processes).allSatisfy((process) -> {
				SpanData publish = nats.spans().awaitSpan(process.getParentSpanId());
				String subject = publish.getName().substring("publish ".length());
				assertThat(current).contains(subject + " in " + process.getSpanId());
			});
			assertThat(processes).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
		}
	}

	@Test
	void threadThatPullsKeepsItsContext() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			var subscription = nats.connection().subscribe(this.subject);
			nats.connection().publish(this.subject, null);
			nats.connection().publish(this.subject, null);
			Context before = Context.root().with(MARK, "mine");
			try (Scope scope = before.makeCurrent()) {
				var message = subscription.nextMessage(10_000);
				assertThat(Context.current()).isSameAs(before);
				nats.tracing().process(message, (processed) -> assertThat(Context.current().get(MARK)).isNull());
				assertThat(Context.current()).isSameAs(before);
			}
			assertThat(subscription.nextMessage(10_000)).isNotNull();
			assertThat(Context.current()).isSameAs(Context.root());
		}
	}

}
