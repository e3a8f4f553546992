// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZonedDateTime;

import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class DeadLetterTests {

	private static final String STORED = "2026-04-05T12:00:00.123456789Z";

	@Test
	void idIsThatOfTheMessageAndOfItsPart() {
		DeadLetter letter = letter("telemetry.spans.a", null, "body", "error");
		assertThat(letter.messageId())
			.isEqualTo(letter("telemetry.spans.a", new Headers().add("a", "b"), "body", "other").messageId())
			.startsWith("TELEMETRY.7." + STORED + ".");
		assertThat(letter.messageId()).isNotEqualTo(letter("telemetry.spans.a", null, "part", "error").messageId());
	}

	@Test
	void timeOfStoringIsTheSameWhereverItComesFrom() {
		ZonedDateTime utc = ZonedDateTime.parse(STORED);
		assertThat(DeadLetter.stored(utc)).isEqualTo(STORED);
		assertThat(DeadLetter.stored(utc.withZoneSameInstant(ZoneId.of("Europe/Berlin")))).isEqualTo(STORED);
	}

	@Test
	void subjectIsThatOfTheSignal() {
		assertThat(letter("telemetry.logs.a", null, "", "").deadLetterSubject()).isEqualTo("telemetry-dlq.logs");
		assertThat(letter("telemetry.other.a", null, "", "").deadLetterSubject()).isEqualTo("telemetry-dlq.unknown");
		assertThat(letter("telemetry.logs", null, "", "").deadLetterSubject()).startsWith("telemetry-dlq.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "telemetry.spans.orders.run-1", "telemetry.spans.50%.%41+b",
			"telemetry.spans.gr\u00f6\u00dfe", "telemetry.spans.\ud83d\ude80.\u0001" })
	void subjectComesBackAsItWas(String subject) {
		Headers headers = letter(subject, null, "", "").deadLetterHeaders();
		assertThat(headers.getFirst("Dead-Letter-Subject")).matches("[!-~]+");
		assertThat(DeadLetter.originalSubject(headers)).isEqualTo(subject);
	}

	@Test
	void longSubjectIsNotCut() {
		String subject = "telemetry.spans." + "a".repeat(2_000);
		assertThat(DeadLetter.originalSubject(letter(subject, null, "", "").deadLetterHeaders())).isEqualTo(subject);
	}

	@Test
	void whatIsNoDeadLetterHasNoSubject() {
		assertThat(DeadLetter.originalSubject(new Headers().add("a", "b"))).isNull();
	}

	@Test
	void errorIsOneLineOfAsciiAndNotTooLong() {
		String error = header("line 1\r\nDead-Letter-Body: omitted\u0000\u00e9" + "x".repeat(1_000), "Error");
		assertThat(error).startsWith("line 1  Dead-Letter-Body: omitted ?x").hasSize(500);
	}

	@Test
	void headersOfTheServerAndOfOtherDeadLettersAreNotKept() {
		Headers headers = new Headers().add("Content-Type", "application/x-protobuf")
			.add("Nats-Rollup", "all")
			.add("nats-ttl", "1s")
			.add("NATS-MSG-ID", "1")
			.add("Dead-Letter-Body", "omitted")
			.add("dead-letter-reason", "none");
		Headers all = letter("telemetry.spans.a", headers, "", "e").deadLetterHeaders();
		assertThat(all.keySet()).containsExactlyInAnyOrder("Content-Type", "Dead-Letter-Subject", "Dead-Letter-Reason",
				"Dead-Letter-Error", "Dead-Letter-Stream", "Dead-Letter-Sequence", "Dead-Letter-Deliveries",
				"Dead-Letter-Stored", "Dead-Letter-Time");
		assertThat(all.getFirst("Dead-Letter-Reason")).isEqualTo("rejected");
	}

	private static String header(String error, String name) {
		return letter("telemetry.spans.a", null, "", error).deadLetterHeaders().getFirst("Dead-Letter-" + name);
	}

	private static DeadLetter letter(String subject, @Nullable Headers headers, String body, String error) {
		return new DeadLetter(subject, headers, body.getBytes(StandardCharsets.UTF_8), DeadLetterReason.REJECTED, error,
				"TELEMETRY", 7, 1, STORED);
	}

}
