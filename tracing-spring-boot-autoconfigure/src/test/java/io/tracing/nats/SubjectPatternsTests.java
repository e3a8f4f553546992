// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Which subjects are meant by patterns like those of NATS subscriptions.
 */
class SubjectPatternsTests {

	@Test
	void noPatternMeansAllSubjects() {
		assertThat(SubjectPatterns.of(List.of(), List.of())).accepts("orders", "orders.created", "");
	}

	@ParameterizedTest
	@CsvSource({ "orders, orders", "orders.created, orders.created", "orders.*, orders.created", "*, orders",
			"*.created, orders.created", "orders.*.created, orders.17.created", "*.*, orders.created",
			"orders.>, orders.created", "orders.>, orders.17.created", "orders.*.>, orders.17.created.today",
			">, orders", ">, orders.17.created", "a*b, a*b", "orders.a>, orders.a>" })
	void matches(String pattern, String subject) {
		assertThat(SubjectPatterns.first(List.of(pattern), subject)).isEqualTo(pattern);
	}

	@ParameterizedTest
	@CsvSource({ "orders, order", "orders, orders.created", "orders.created, orders", "orders.*, orders",
			"orders.*, orders.17.created", "orders.*, orders.", "*, orders.created", "*.created, orders.paid",
			"orders.>, orders", "orders.>, orders.", "orders.>, order.created", "orders.*.>, orders.17",
			"orders.*.created, orders.17.paid", "*.*, orders", "orders.*.created, orders..created", "ORDERS, orders",
			"orders.x*, orders.xy", "orders, ''", "*, ''", ">, ''" })
	void doesNotMatch(String pattern, String subject) {
		assertThat(SubjectPatterns.first(List.of(pattern), subject)).isNull();
	}

	@Test
	void includeNamesTheOnlyOnes() {
		assertThat(SubjectPatterns.of(List.of("orders.*", "payments"), List.of())).accepts("orders.created", "payments")
			.rejects("orders", "orders.created.today", "my.orders.created", "payments.failed");
	}

	@Test
	void excludeIsStronger() {
		assertThat(SubjectPatterns.of(List.of("orders.>"), List.of("*.internal.>"))).accepts("orders.created")
			.rejects("orders.internal.audit", "payments");
		assertThat(SubjectPatterns.of(List.of(), List.of(">"))).rejects("orders", "orders.created");
	}

	@Test
	void firstThatMatchesCounts() {
		assertThat(SubjectPatterns.first(List.of("payments.*", "orders.*.created", "orders.>"), "orders.17.created"))
			.isEqualTo("orders.*.created");
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders", "orders.created", "*", ">", "orders.*", "orders.>", "*.*.>", "orders-1_a.$x",
			"bestellungen.größe" })
	void patternIsValid(String pattern) {
		assertThat(SubjectPatterns.isValid(pattern)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "orders.", ".orders", "orders..created", "orders.>.created", ">.orders",
			"orders.a*", "orders.*a", "orders.>>", "orders created", "orders\t", "a\nb" })
	void whatNobodyCanSubscribeToIsNoPattern(String pattern) {
		assertThat(SubjectPatterns.isValid(pattern)).isFalse();
		String message = "'%s' is not a pattern of subjects: use tokens that '.' separates, with '*' for one token and"
				+ " '>' for the rest";
		assertThatIllegalArgumentException().isThrownBy(() -> SubjectPatterns.of(List.of(pattern), List.of()))
			.withMessage(message, pattern);
		assertThatIllegalArgumentException().isThrownBy(() -> SubjectPatterns.of(List.of(), List.of(pattern)))
			.withMessage(message, pattern);
	}

	@ParameterizedTest
	@ValueSource(strings = { "*", ">", "*.orders", "orders.*", "orders.*.created", "orders.>" })
	void wildcardIsSeen(String subject) {
		assertThat(SubjectPatterns.hasWildcard(subject)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders", "orders.created", "a*b", "orders.a*", "orders.a>", "a>.b" })
	void wildcardWithinATokenIsNone(String subject) {
		assertThat(SubjectPatterns.hasWildcard(subject)).isFalse();
	}

}
