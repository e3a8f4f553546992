// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.tracing.nats.NatsTracing;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Each variant that the benchmarks of NATS measure has to show that it makes its spans
 * and headers, in the benchmark's own set-up.
 */
class NatsVariantTests {

	private static final int MESSAGES = ConnectedBenchmark.MESSAGES;

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private @Nullable ConnectedBenchmark benchmark;

	@AfterEach
	void stop() throws Exception {
		if (this.benchmark != null) {
			this.benchmark.stop();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER", "OPENTELEMETRY" })
	void everyPublishMakesOneSpanAndOneHeader(Variant variant) throws Exception {
		NatsPublishBenchmark benchmark = start(new NatsPublishBenchmark(), variant);
		assertThat(publishAndHeaders(benchmark)).containsExactly("traceparent");
		assertThat(benchmark.spansEnded()).isEqualTo(MESSAGES);
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void everyPublishToJetStreamMakesOneSpanAndOneHeader(Variant variant) throws Exception {
		JetStreamPublishBenchmark benchmark = start(new JetStreamPublishBenchmark(), variant);
		assertThat(benchmark.publishAsync()).isEqualTo(MESSAGES);
		Awaitility.await().atMost(LIMIT).until(benchmark::spansEnded, (ended) -> ended == MESSAGES);
		assertThat(benchmark.other()
			.jetStreamManagement()
			.getLastMessage(NatsClient.STREAM, NatsClient.SUBJECT)
			.getHeaders()
			.keySet()).containsExactly("traceparent");
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER", "OPENTELEMETRY" })
	void everyHandledMessageMakesOneSpan(Variant variant) throws Exception {
		NatsHandlerBenchmark benchmark = start(new NatsHandlerBenchmark(), variant);
		benchmark.handle();
		Awaitility.await().atMost(LIMIT).until(benchmark::spansEnded, (ended) -> ended == MESSAGES);
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER" })
	void everyFetchMakesOneSpanAndEveryAcknowledgmentOneMore(Variant variant) throws Exception {
		FetchBenchmark benchmark = start(new FetchBenchmark(), variant);
		benchmark.subscribe();
		assertThat(benchmark.fetchOnce()).isEqualTo(MESSAGES);
		assertThat(benchmark.spansEnded()).isEqualTo(1 + MESSAGES);
		benchmark.unsubscribe();
	}

	@ParameterizedTest
	@EnumSource(names = { "NONE", "FLOOR", "STARTER", "STARTER_UNSAMPLED", "STARTER_NOOP", "DISABLED" })
	void everyMessageIsAcknowledged(Variant variant) throws Exception {
		FetchBenchmark benchmark = start(new FetchBenchmark(), variant);
		benchmark.subscribe();
		benchmark.fetchAndAck();
		Awaitility.await().atMost(LIMIT).until(() -> {
			var consumer = benchmark.other().jetStreamManagement().getConsumers(NatsClient.STREAM).get(0);
			return consumer.getNumAckPending() == 0 && consumer.getNumPending() == 0 && consumer.getRedelivered() == 0;
		});
		benchmark.unsubscribe();
		assertThat(benchmark.other().jetStreamManagement().getConsumers(NatsClient.STREAM)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(
			names = { "NONE", "FLOOR", "STARTER", "OPENTELEMETRY", "STARTER_UNSAMPLED", "STARTER_NOOP", "DISABLED" })
	void handlerReadsEveryMessage(Variant variant) throws Exception {
		NatsHandlerBenchmark benchmark = start(new NatsHandlerBenchmark(), variant);
		benchmark.handle();
		assertThat(benchmark.bytesRead()).isEqualTo((long) MESSAGES * ConnectedBenchmark.BODY.length);
	}

	@ParameterizedTest
	@EnumSource(names = { "NONE", "STARTER_NOOP", "DISABLED" })
	void offMakesNeitherSpanNorHeader(Variant variant) throws Exception {
		NatsPublishBenchmark benchmark = start(new NatsPublishBenchmark(), variant);
		assertThat(publishAndHeaders(benchmark)).isEmpty();
		assertThat(benchmark.spansEnded()).isZero();
		assertThat(NatsTracing.unwrap(benchmark.client().connection)).isSameAs(benchmark.client().connection);
	}

	@Test
	void unsampledMakesTheHeaderButNoSpan() throws Exception {
		NatsPublishBenchmark benchmark = start(new NatsPublishBenchmark(), Variant.STARTER_UNSAMPLED);
		assertThat(publishAndHeaders(benchmark)).containsExactly("traceparent");
		assertThat(benchmark.spansEnded()).isZero();
	}

	/**
	 * Else the variant {@code disabled} would be cheap because nothing is
	 * auto-configured.
	 */
	@Test
	void autoConfigurationTracesUnlessDisabled() throws Exception {
		CountingSpanProcessor spans = new CountingSpanProcessor();
		NatsPublishBenchmark benchmark = start(new NatsPublishBenchmark(), Variant.NONE);
		Tracing enabled = new AutoConfigured(Variant.sdk(spans, Sampler.alwaysOn()), true);
		NatsClient client = enabled.nats(new Options.Builder().server(benchmark.other().getConnectedUrl()).build());
		client.publish(ConnectedBenchmark.BODY);
		client.close();
		assertThat(spans.ended()).isOne();
	}

	@Test
	void variantWithoutNatsSaysSo() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(
					() -> Variant.MICROMETER.create(new CountingSpanProcessor()).nats(new Options.Builder().build()))
			.withMessage("MicrometerObservation does not trace NATS");
	}

	private <B extends ConnectedBenchmark> B start(B benchmark, Variant variant) throws Exception {
		this.benchmark = benchmark;
		benchmark.tracing = variant.id();
		benchmark.start();
		return benchmark;
	}

	/**
	 * Publish, and return the names of the headers of the last message.
	 */
	private static Set<String> publishAndHeaders(NatsPublishBenchmark benchmark) throws Exception {
		Subscription subscription = benchmark.other().subscribe(NatsClient.SUBJECT);
		benchmark.other().flush(LIMIT);
		benchmark.publish();
		Message message = null;
		for (int i = 0; i < MESSAGES; i++) {
			message = subscription.nextMessage(LIMIT);
		}
		assertThat(message).isNotNull();
		assertThat(new String(message.getData(), StandardCharsets.UTF_8)).isEqualTo(Fixture.VALUE);
		Headers headers = message.getHeaders();
		return (headers != null) ? headers.keySet() : Set.of();
	}

}
