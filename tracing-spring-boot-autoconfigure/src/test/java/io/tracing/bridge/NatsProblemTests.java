// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusException;
import io.nats.client.api.SuccessApiResponse;
import io.nats.client.impl.NatsMessage;
import io.nats.client.support.Status;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NatsProblemTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "10059|stream 'TELEMETRY' is not there yet.|tracing.telemetry.stream.name",
					"10014|a consumer of stream 'TELEMETRY' was deleted.|It is created anew",
					"10076|JetStream is not enabled|start nats-server with -js",
					"10039|JetStream is not enabled|start nats-server with -js",
					"10023|JetStream refuses to serve stream 'TELEMETRY'|insufficient resources [10023]" })
	void refusalOfJetStreamIsExplained(int code, String what, String mend) {
		assertThat(NatsProblem.describe(refusal(code, "insufficient resources"), Settings.defaults())).contains(what,
				mend);
	}

	@Test
	void deletedConsumerIsRecognisedByItsStatus() {
		assertThat(describe(new JetStreamStatusException(new Status(409, "Consumer Deleted"))))
			.startsWith("a consumer of stream 'TELEMETRY' was deleted.");
		assertThat(describe(new JetStreamStatusException(new Status(409, "Server Shutdown"))))
			.startsWith("the server has ended a fetch from stream 'TELEMETRY'")
			.contains("Server Shutdown");
	}

	@Test
	void passwordsInUrlsAreNotShown() {
		assertThat(
				describe(new IOException("Unable to connect to NATS servers: [nats://me:p@ss@host:4222, tls://t@b]")))
			.isEqualTo("NATS does not answer (Unable to connect to NATS servers:"
					+ " [nats://***@host:4222, tls://***@b])");
	}

	@Test
	void otherFailuresKeepTheirWords() {
		assertThat(describe(new IOException("the connection is RECONNECTING")))
			.isEqualTo("NATS does not answer (the connection is RECONNECTING)");
		assertThat(describe(new IOException())).isEqualTo("NATS does not answer (IOException)");
		assertThat(describe(new IllegalStateException("Set tracing.telemetry.nats.servers.")))
			.isEqualTo("Set tracing.telemetry.nats.servers.");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "10059|it is not there.",
			"10023|the server has no room for 1073741824 bytes more. Lower tracing.bridge.dead-letter.max-size.",
			"10047|the server has no room for 1073741824 bytes more. Lower tracing.bridge.dead-letter.max-size.",
			"10077|it is full, and set to refuse what is new (as it says). Replay or delete some of what it has.",
			"10065|another stream has the subjects 'telemetry-dlq.>'. Name that one with"
					+ " tracing.bridge.dead-letter.stream.",
			"10060|another stream has the subjects 'telemetry-dlq.>'. Name that one with"
					+ " tracing.bridge.dead-letter.stream.",
			"10001|as it says [10001]." })
	void whatKeepsDeadLettersFromBeingWrittenIsExplained(int code, String text) {
		assertThat(DeadLetterProblem.describe(new ExecutionException(new RuntimeException(refusal(code, "as it says"))),
				Settings.defaults()))
			.isEqualTo(text);
	}

	@Test
	void deadLetterThatIsNotAcknowledgedMayNotBeAllowed() {
		assertThat(DeadLetterProblem.describe(new TimeoutException(), Settings.defaults()))
			.contains("must be allowed to publish to 'telemetry-dlq.>'");
		assertThat(DeadLetterProblem.describe(new ExecutionException(new IOException("503")), Settings.defaults()))
			.isEqualTo("NATS does not take them (503).");
	}

	private static String describe(Exception failure) {
		return NatsProblem.describe(failure, Settings.defaults());
	}

	private static JetStreamApiException refusal(int code, String description) {
		String answer = "{\"error\":{\"code\":400,\"err_code\":" + code + ",\"description\":\"" + description + "\"}}";
		SuccessApiResponse response = new SuccessApiResponse(
				NatsMessage.builder().subject("answer").data(answer).build());
		return new JetStreamApiException(Objects.requireNonNull(response.getErrorObject()));
	}

}
