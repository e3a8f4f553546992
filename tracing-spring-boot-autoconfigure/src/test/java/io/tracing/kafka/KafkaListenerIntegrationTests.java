// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.testing.KafkaBroker;
import io.tracing.testing.Spans;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A record listener, annotated normally, in an application that adds the starter and
 * nothing else; against a real broker.
 */
class KafkaListenerIntegrationTests {

	@Test
	void sendAndProcessAreOneTrace() throws Exception {
		KafkaBroker.createTopics("orders");
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class).run(
				"--spring.kafka.bootstrap-servers=" + KafkaBroker.bootstrapServers(),
				"--spring.kafka.consumer.auto-offset-reset=earliest", "--spring.kafka.consumer.group-id=billing",
				"--management.tracing.sampling.probability=1", "--management.otlp.metrics.export.enabled=false")) {
			Application application = context.getBean(Application.class);
			@SuppressWarnings("unchecked")
			KafkaTemplate<String, String> template = context.getBean(KafkaTemplate.class);
			template.send("orders", "42", "a book").get(10, TimeUnit.SECONDS);
			SpanData process = application.spans.await("process orders");
			SpanData send = application.spans.await("send orders");
			assertThat(send.getKind()).isEqualTo(SpanKind.PRODUCER);
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getTraceId()).isEqualTo(send.getTraceId());
			assertThat(process.getParentSpanId()).isEqualTo(send.getSpanId());
			assertThat(process.getLinks()).singleElement()
				.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(send.getSpanId()));
			assertThat(process.getStatus()).isEqualTo(StatusData.unset());
			assertThat(application.current.poll(5, TimeUnit.SECONDS)).isEqualTo(process.getSpanId());
			System.out.println(send);
			System.out.println(process);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private final Spans spans = new Spans();

		private final BlockingQueue<String> current = new LinkedBlockingQueue<>();

		@Bean
		Spans spans() {
			return this.spans;
		}

		@KafkaListener(topics = "orders")
		void process(String order) {
			this.current.add(Span.current().getSpanContext().getSpanId());
		}

	}

}
