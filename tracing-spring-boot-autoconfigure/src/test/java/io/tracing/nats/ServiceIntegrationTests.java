// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.service.Discovery;
import io.nats.service.Group;
import io.nats.service.Service;
import io.nats.service.ServiceBuilder;
import io.nats.service.ServiceEndpoint;
import io.nats.service.ServiceMessageHandler;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The service framework of jnats on a traced connection, against a real server: requests
 * to endpoints are traced, errors that endpoints answer with are errors, and discovery
 * goes on unseen.
 */
class ServiceIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String name = NatsServer.newName("carriers");

	private final String subject = this.name + ".quote";

	@Test
	void requestAndAnswerAreOneTrace() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			CompletableFuture<String> current = new CompletableFuture<>();
			Service service = start(nats, (message) -> {
				current.complete(Span.current().getSpanContext().getSpanId());
				message.respond(nats.connection(), "42");
			});
			Message answer = nats.connection().request(this.subject, null, PATIENCE);
			assertThat(answer.getData()).asString().isEqualTo("42");
			SpanData request = nats.spans().await("request " + this.subject);
			SpanData process = nats.spans().await("process " + this.subject);
			SpanData publish = nats.spans().await("publish _INBOX");
			assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(process.getParentSpanId()).isEqualTo(request.getSpanId());
			assertThat(process.getAttributes().get(MessagingAttributes.CONSUMER_GROUP_NAME)).isEqualTo("q");
			assertThat(publish.getParentSpanId()).isEqualTo(process.getSpanId());
			assertThat(current).isCompletedWithValue(process.getSpanId());
			assertThat(List.of(request, process, publish))
				.allMatch((span) -> span.getStatus().equals(StatusData.unset()));
			service.stop();
		}
	}

	@Test
	void endpointsOfAGroupAreToldApart() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Group group = new Group(this.name);
			ServiceMessageHandler handler = (message) -> message.respond(nats.connection(), "done");
			Service service = start(nats,
					ServiceEndpoint.builder().group(group).endpointName("add").handler(handler).build(),
					ServiceEndpoint.builder()
						.group(group)
						.endpointName("get")
						.endpointSubject("get.*")
						.endpointQueueGroup("readers")
						.handler(handler)
						.build());
			nats.connection().request(this.name + ".add", null, PATIENCE);
			nats.connection().request(this.name + ".get.17", null, PATIENCE);
			assertThat(nats.spans()
				.await("process " + this.name + ".add")
				.getAttributes()
				.get(MessagingAttributes.CONSUMER_GROUP_NAME)).isEqualTo("q");
			assertThat(nats.spans()
				.await("process " + this.name + ".get.*")
				.getAttributes()
				.get(MessagingAttributes.CONSUMER_GROUP_NAME)).isEqualTo("readers");
			service.stop();
		}
	}

	@Test
	void errorThatAnEndpointAnswersWithIsAnError() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Service service = start(nats,
					(message) -> message.respondStandardError(nats.connection(), "no such parcel", 404));
			Message answer = nats.connection().request(this.subject, null, PATIENCE);
			assertThat(answer.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo("404");
			assertFailed(nats, "404", "no such parcel");
			assertThat(nats.spans().await("publish _INBOX").getStatus()).as("it was sent all right")
				.isEqualTo(StatusData.unset());
			service.stop();
		}
	}

	@Test
	void exceptionOfAHandlerIsAnError() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Service service = start(nats, (message) -> {
				throw new IllegalStateException("out of parcels");
			});
			Message answer = nats.connection()
				.requestWithTimeout(this.subject, null, PATIENCE)
				.get(10, TimeUnit.SECONDS);
			assertThat(answer.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo("500");
			assertFailed(nats, "500", "out of parcels");
			service.stop();
		}
	}

	@Test
	void errorIsSeenWhereTheAnswerCarriesNoContext() throws Exception {
		try (TracedNats nats = TracedNats.builder().nats((builder) -> builder.propagation(false)).start()) {
			Service service = start(nats,
					(message) -> message.respondStandardError(nats.connection(), "no such parcel", 404));
			nats.connection().request(this.subject, null, PATIENCE);
			assertFailed(nats, "404", "no such parcel");
			service.stop();
		}
	}

	@Test
	void errorIsThatOfItsOwnRequest() throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Service service = start(nats, (message) -> {
				if (new String(message.getData()).equals("bad")) {
					message.respondStandardError(nats.connection(), "injected", 400);
				}
				else {
					message.respond(nats.connection(), "done");
				}
			});
			for (String body : List.of("good", "bad", "good")) {
				nats.connection().request(this.subject, body.getBytes(), PATIENCE);
			}
			for (String operation : List.of("request ", "process ")) {
				assertThat(nats.spans().await(operation + this.subject, 3))
					.extracting((span) -> span.getStatus().getStatusCode())
					.containsExactly(StatusCode.UNSET, StatusCode.ERROR, StatusCode.UNSET);
			}
			service.stop();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void discoveryWorksAndMakesNoSpan(boolean traced) throws Exception {
		try (TracedNats nats = TracedNats.start()) {
			Service service = start(nats, (message) -> message.respond(nats.connection(), "42"));
			Connection connection = traced ? nats.connection() : nats.raw();
			Discovery discovery = new Discovery(connection, 2_000, 1);
			assertThat(discovery.ping(this.name)).singleElement()
				.satisfies((ping) -> assertThat(ping.getId()).isEqualTo(service.getId()));
			assertThat(discovery.info(this.name)).hasSize(1);
			assertThat(discovery.stats(this.name)).hasSize(1);
			assertThat(discovery.ping(this.name, service.getId())).isNotNull();
			assertThat(discovery.stats(this.name, service.getId())).isNotNull();
			assertThat(discovery.info(this.name, service.getId()).getEndpoints()).singleElement()
				.satisfies((endpoint) -> assertThat(endpoint.getSubject()).isEqualTo(this.subject));
			assertThat(nats.spans().ended()).isEmpty();
			service.stop();
		}
	}

	@Test
	void discoveryOfAServiceThatIsNotThere() {
		try (TracedNats nats = TracedNats.builder().options((options) -> options.advancedRequestBehavior()).start()) {
			Discovery discovery = new Discovery(nats.connection(), 50, 1);
			assertThat(discovery.ping(this.name, "nobody")).isNull();
			assertThat(nats.spans().ended()).isEmpty();
		}
	}

	private Service start(TracedNats nats, ServiceMessageHandler handler) {
		return start(nats,
				ServiceEndpoint.builder().endpointName("quote").endpointSubject(this.subject).handler(handler).build());
	}

	private Service start(TracedNats nats, ServiceEndpoint... endpoints) {
		ServiceBuilder builder = new ServiceBuilder().connection(nats.connection()).name(this.name).version("1.0.0");
		for (ServiceEndpoint endpoint : endpoints) {
			builder.addServiceEndpoint(endpoint);
		}
		Service service = builder.build();
		service.startService();
		nats.flush();
		return service;
	}

	private void assertFailed(TracedNats nats, String errorType, String description) {
		for (String operation : List.of("request ", "process ")) {
			SpanData span = nats.spans().await(operation + this.subject);
			assertThat(span.getStatus().getStatusCode()).as(operation).isEqualTo(StatusCode.ERROR);
			assertThat(span.getStatus().getDescription()).contains(description);
			assertThat(span.getAttributes().get(MessagingAttributes.ERROR_TYPE)).isEqualTo(errorType);
		}
	}

}
