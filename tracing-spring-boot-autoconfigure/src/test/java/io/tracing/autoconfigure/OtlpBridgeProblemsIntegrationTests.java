// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.bridge.OtlpBridge;
import io.tracing.bridge.SignalState;
import io.tracing.bridge.SignalStatus;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.NatsServer;
import io.tracing.testing.OtlpAnswer;
import io.tracing.testing.OtlpReceiver;
import io.tracing.testing.Received;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import static io.tracing.autoconfigure.OtlpBridgeContext.publishSpan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What keeps a bridge from its work is said once, with the property to change and without
 * a secret, and never keeps the application from its own.
 */
@ExtendWith(OutputCaptureExtension.class)
class OtlpBridgeProblemsIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private NatsServer nats = NatsServer.start();

	private final OtlpReceiver backend = OtlpReceiver.start();

	@AfterEach
	void close() {
		this.backend.close();
		this.nats.close();
	}

	@Test
	void natsThatIsAwayIsWaitedFor(CapturedOutput output) {
		this.nats.kill();
		application().run((context) -> {
			assertThat(context).hasNotFailed();
			awaitReason(context, "NATS can't be reached at [" + this.nats.url() + "]");
			this.nats.restart();
			await().atMost(LIMIT).until(() -> spans(context).state() == SignalState.RUNNING);
			publishSpan(this.nats, "late");
			assertThat(this.backend.awaitSpans(1)).extracting(Received::record)
				.extracting(Span::getName)
				.containsExactly("late");
		});
		assertThat(lines(output, "NATS can't be reached")).singleElement()
			.asString()
			.contains("Set tracing.telemetry.nats.servers to where it is.");
	}

	@Test
	void wrongCredentialsAreNamedAndNotPrinted(CapturedOutput output) {
		this.nats.close();
		this.nats = NatsServer.start("authorization: {user: ada, password: right}");
		application()
			.withPropertyValues("tracing.telemetry.nats.username=ada", "tracing.telemetry.nats.password=s3cret-word")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				awaitReason(context, "lets nobody in with these credentials");
				await().during(Duration.ofSeconds(1))
					.until(() -> spans(context).state() == SignalState.WAITING_FOR_STREAM);
			});
		assertThat(lines(output, "lets nobody in")).singleElement()
			.asString()
			.contains("tracing.telemetry.nats.username", "tracing.telemetry.nats.password");
		assertThat(output).doesNotContain("s3cret-word");
	}

	@Test
	void endpointWhereNobodyListensIsNamed(CapturedOutput output) {
		this.backend.stop();
		application().run((context) -> {
			publishWhenItRuns(context);
			await().atMost(LIMIT).until(() -> spans(context).retried() > 1);
		});
		assertThat(lines(output, "The backend does not take spans")).singleElement()
			.asString()
			.contains(this.backend.url() + "/v1/traces", "tracing.bridge.endpoint");
	}

	@Test
	void endpointThatIsNotFoundIsNamed(CapturedOutput output) {
		this.backend.answerAll(OtlpAnswer.status(404));
		application().withPropertyValues("tracing.bridge.headers.authorization=Bearer s3cret-word").run((context) -> {
			publishWhenItRuns(context);
			this.backend.awaitRequests("/v1/traces", 404, 3);
		});
		assertThat(lines(output, "The export of spans is paused")).singleElement()
			.asString()
			.contains(this.backend.url() + "/v1/traces answered 404", "tracing.bridge.endpoint");
		assertThat(output).doesNotContain("s3cret-word");
	}

	@Test
	void streamThatTakesOtherSubjectsIsNamed(CapturedOutput output) {
		manage((management) -> management
			.addStream(StreamConfiguration.builder().name("TELEMETRY").subjects("measurements.>").build()));
		application().run((context) -> awaitReason(context, "tracing.telemetry.stream.name"));
		assertThat(lines(output, "The stream 'TELEMETRY' exists and takes the subjects [measurements.>]")).hasSize(1);
	}

	@Test
	void durableThatCannotBeDrainedIsNamed(CapturedOutput output) {
		manage((management) -> {
			management.addStream(StreamConfiguration.builder().name("TELEMETRY").subjects("telemetry.>").build());
			management.addOrUpdateConsumer("TELEMETRY",
					ConsumerConfiguration.builder()
						.durable("otlp-bridge-spans")
						.filterSubject("telemetry.spans.>")
						.deliverSubject("somewhere")
						.build());
		});
		application().run((context) -> {
			awaitReason(context, "tracing.bridge.durable");
			await().atMost(LIMIT).until(() -> status(context, Signal.LOGS).state() == SignalState.RUNNING);
		});
		assertThat(lines(output, "The consumer 'otlp-bridge-spans' of stream 'TELEMETRY' can't be drained"))
			.singleElement()
			.asString()
			.contains("it is a push consumer", "Set tracing.bridge.durable to another name");
	}

	private ApplicationContextRunner application() {
		return OtlpBridgeContext.of(this.nats, this.backend.url());
	}

	private void publishWhenItRuns(ApplicationContext context) {
		await().atMost(LIMIT).until(() -> spans(context).state() == SignalState.RUNNING);
		publishSpan(this.nats, "pay");
	}

	private static void awaitReason(ApplicationContext context, String text) {
		await().atMost(LIMIT).untilAsserted(() -> assertThat(spans(context).reason()).contains(text));
		assertThat(spans(context).state()).isEqualTo(SignalState.WAITING_FOR_STREAM);
	}

	private static SignalStatus spans(ApplicationContext context) {
		return status(context, Signal.SPANS);
	}

	private static SignalStatus status(ApplicationContext context, Signal signal) {
		return context.getBean(OtlpBridge.class).status().get(signal.ordinal());
	}

	private static List<String> lines(CapturedOutput output, String text) {
		return output.getAll().lines().filter((line) -> line.contains(text)).toList();
	}

	@SuppressWarnings("try") // Closing can be interrupted.
	private void manage(Management change) {
		try (Connection connection = Nats.connect(this.nats.url())) {
			change.on(connection.jetStreamManagement());
		}
		catch (IOException | JetStreamApiException | InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * What somebody else did to the server.
	 */
	private interface Management {

		void on(JetStreamManagement management) throws IOException, JetStreamApiException;

	}

}
