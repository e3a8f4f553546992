// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.nats.NatsTracing;
import io.tracing.testing.Spans;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Sends one message to itself through Kafka and two through NATS, and prints what this
 * library says and does meanwhile.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class JavaAgentApplication {

	private final CompletableFuture<String> received = new CompletableFuture<>();

	@SuppressWarnings("unchecked")
	public static void main(String[] arguments) throws Exception {
		String topic = arguments[0];
		Spans spans;
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(JavaAgentApplication.class)
			.web(WebApplicationType.NONE)
			.properties("topic=" + topic, "nats=" + arguments[2], "spring.kafka.bootstrap-servers=" + arguments[1],
					"spring.kafka.consumer.auto-offset-reset=earliest", "spring.kafka.consumer.group-id=" + topic,
					"management.tracing.sampling.probability=1", "management.otlp.metrics.export.enabled=false")
			.run()) {
			System.out.println(context.getBean(StartupLine.class).text());
			spans = context.getBean(Spans.class);
			context.getBean(KafkaTemplate.class).send(topic, "a book").get(10, TimeUnit.SECONDS);
			context.getBean(JavaAgentApplication.class).received.get(20, TimeUnit.SECONDS);
			exchange(context.getBean(Connection.class), topic + ".bean");
			Connection noBean = connect(arguments[2]);
			exchange(context.getBean(NatsTracing.class).wrap(noBean), topic + ".wrapped");
			noBean.close();
		}
		spans.awaitNoneOpen();
		System.out.println("ours: " + spans.ended().stream().map(SpanData::getName).toList());
	}

	private static void exchange(Connection connection, String subject) throws Exception {
		CompletableFuture<Message> handled = new CompletableFuture<>();
		connection.createDispatcher(handled::complete).subscribe(subject);
		connection.publish(subject, NatsContexts.BODY);
		handled.get(20, TimeUnit.SECONDS);
	}

	private static Connection connect(String server) throws IOException, InterruptedException {
		return Nats.connect(server);
	}

	@Bean
	Connection connection(@Value("${nats}") String server) throws IOException, InterruptedException {
		return connect(server);
	}

	@Bean
	Spans spans() {
		return new Spans();
	}

	@KafkaListener(topics = "${topic}")
	void process(String value) {
		this.received.complete(value);
	}

}
