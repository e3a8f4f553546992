// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * A variant that is not wired up would win every benchmark. So each one has to show that
 * it makes its spans and headers, in the benchmark's own set-up.
 */
class VariantTests {

	private static final int RECORDS = EndlessConsumer.RECORDS_PER_POLL;

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER", "OPENTELEMETRY", "MICROMETER" })
	void sendMakesOneSpanAndOneHeader(Variant variant) {
		SendBenchmark benchmark = sendBenchmark(variant);
		for (int sent = 1; sent <= 3; sent++) {
			assertThat(benchmark.send()).isCompleted();
			assertThat(benchmark.spansEnded()).isEqualTo(sent);
			assertThat(benchmark.lastRecord().headers()).extracting(Header::key).containsExactly("traceparent");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER", "OPENTELEMETRY", "MICROMETER" })
	void sendInSpanContinuesItsTrace(Variant variant) {
		SendBenchmark benchmark = sendBenchmark(variant);
		CurrentSpan current = new CurrentSpan();
		current.open();
		try {
			assertThat(benchmark.sendInSpan(current)).isCompleted();
		}
		finally {
			current.close();
		}
		assertThat(benchmark.spansEnded()).isOne();
		assertThat(benchmark.lastRecord().headers()).singleElement()
			.extracting((header) -> new String(header.value()))
			.asString()
			.contains(EndlessConsumer.TRACE_ID)
			.doesNotContain(EndlessConsumer.SPAN_ID);
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER", "OPENTELEMETRY", "MICROMETER" })
	void everyProcessedRecordMakesOneSpan(Variant variant) throws InterruptedException {
		ProcessBenchmark benchmark = processBenchmark(variant);
		try {
			benchmark.processOnePoll();
			assertThat(benchmark.spansEnded()).isEqualTo(RECORDS);
			benchmark.processOnePoll();
			assertThat(benchmark.spansEnded()).isEqualTo(2 * RECORDS);
		}
		finally {
			benchmark.stop();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "FLOOR", "STARTER", "OPENTELEMETRY", "NONE", "STARTER_NOOP", "DISABLED" })
	void everyProcessedBatchMakesOneSpanUnlessTracingIsOff(Variant variant) throws InterruptedException {
		BatchBenchmark benchmark = new BatchBenchmark();
		benchmark.tracing = variant.id();
		benchmark.start();
		try {
			benchmark.processOnePoll();
			benchmark.processOnePoll();
			boolean off = variant == Variant.NONE || variant == Variant.STARTER_NOOP || variant == Variant.DISABLED;
			assertThat(benchmark.spansEnded()).isEqualTo(off ? 0 : 2);
			assertThat(benchmark.charactersRead())
				.isEqualTo(2L * BatchBenchmark.RECORDS_PER_POLL * Fixture.VALUE.length());
		}
		finally {
			benchmark.stop();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "NONE", "STARTER_NOOP", "DISABLED" })
	void offMakesNeitherSpanNorHeader(Variant variant) {
		SendBenchmark benchmark = sendBenchmark(variant);
		assertThat(benchmark.send()).isCompleted();
		assertThat(benchmark.spansEnded()).isZero();
		assertThat(benchmark.lastRecord().headers()).isEmpty();
	}

	@Test
	void unsampledMakesTheHeaderButNoSpan() {
		SendBenchmark benchmark = sendBenchmark(Variant.STARTER_UNSAMPLED);
		assertThat(benchmark.send()).isCompleted();
		assertThat(benchmark.spansEnded()).isZero();
		assertThat(benchmark.lastRecord().headers()).extracting(Header::key).containsExactly("traceparent");
	}

	@ParameterizedTest
	@EnumSource(names = { "NONE", "STARTER_UNSAMPLED", "STARTER_NOOP", "DISABLED" })
	void recordsProcessedUnsampledMakeNoSpan(Variant variant) throws InterruptedException {
		ProcessBenchmark process = processBenchmark(variant);
		try {
			process.processOnePoll();
			assertThat(process.spansEnded()).isZero();
		}
		finally {
			process.stop();
		}
	}

	@ParameterizedTest
	@EnumSource
	void listenerReadsEveryRecord(Variant variant) throws InterruptedException {
		ProcessBenchmark benchmark = processBenchmark(variant);
		try {
			benchmark.processOnePoll();
			assertThat(benchmark.charactersRead()).isEqualTo((long) RECORDS * Fixture.VALUE.length());
		}
		finally {
			benchmark.stop();
		}
	}

	/**
	 * Else the variant {@code disabled} would be cheap because nothing is
	 * auto-configured.
	 */
	@Test
	void autoConfigurationTracesUnlessDisabled() {
		CountingSpanProcessor spans = new CountingSpanProcessor();
		Tracing enabled = new AutoConfigured(Variant.sdk(spans, Sampler.alwaysOn()), true);
		KafkaTemplate<String, String> template = enabled.trace(new KafkaTemplate<>(new MockProducerFactory()));
		assertThat(template.send(Fixture.TOPIC, Fixture.KEY, Fixture.VALUE)).isCompleted();
		assertThat(spans.ended()).isOne();
		assertThat(enabled.trace(new ConcurrentKafkaListenerContainerFactory<>()).getRecordInterceptor()).isNotNull();
	}

	@Test
	void disabledLeavesTheBeansAsTheyAre() {
		Tracing disabled = Variant.DISABLED.create(new CountingSpanProcessor());
		KafkaTemplate<String, String> template = new KafkaTemplate<>(new MockProducerFactory());
		assertThat(disabled.trace(template)).isSameAs(template);
		assertThat(template.getProducerFactory().getPostProcessors()).isEmpty();
		assertThat(disabled.trace(new ConcurrentKafkaListenerContainerFactory<>()).getRecordInterceptor()).isNull();
	}

	@Test
	void unknownIdSaysWhichThereAre() {
		assertThatIllegalArgumentException().isThrownBy(() -> Variant.withId("zipkin"))
			.withMessageStartingWith("No variant 'zipkin': use one of [none, floor,");
	}

	private static SendBenchmark sendBenchmark(Variant variant) {
		SendBenchmark benchmark = new SendBenchmark();
		benchmark.tracing = variant.id();
		benchmark.trace();
		return benchmark;
	}

	private static ProcessBenchmark processBenchmark(Variant variant) {
		ProcessBenchmark benchmark = new ProcessBenchmark();
		benchmark.tracing = variant.id();
		benchmark.start();
		return benchmark;
	}

}
