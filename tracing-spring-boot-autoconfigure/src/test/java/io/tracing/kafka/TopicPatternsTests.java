// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Which topics are traced.
 */
class TopicPatternsTests {

	@Test
	void noPatternMeansAllTopics() {
		assertThat(TopicPatterns.of(List.of(), List.of()).test("orders")).isTrue();
	}

	@Test
	void includeNamesTheOnlyOnes() {
		TopicPatterns patterns = TopicPatterns.of(List.of("orders.*", "payments"), List.of());
		assertThat(patterns).accepts("orders.created", "orders.", "payments")
			.rejects("orders", "ordersXcreated", "my.orders.created", "payments.failed");
	}

	@Test
	void excludeIsStronger() {
		TopicPatterns patterns = TopicPatterns.of(List.of("orders*"), List.of("*-dlt"));
		assertThat(patterns).accepts("orders").rejects("orders-dlt");
		assertThat(TopicPatterns.of(List.of(), List.of("*"))).rejects("orders");
	}

	@Test
	void sameAnswerTheSecondTimeAndAfterManyTopics() {
		TopicPatterns patterns = TopicPatterns.of(List.of("a*"), List.of());
		for (int round = 0; round < 2; round++) {
			for (int i = 0; i < 1500; i++) {
				assertThat(patterns.test("a" + i)).isTrue();
				assertThat(patterns.test("b" + i)).isFalse();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders[", "a b", "", "a,b", "(a)", "ä" })
	void whatNoTopicCanBeCalledIsNoPattern(String pattern) {
		assertThat(TopicPatterns.isValid(pattern)).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> TopicPatterns.of(List.of(pattern), List.of()))
			.withMessage("'%s' is not a pattern of topics: use letters, digits, '.', '_', '-' and '*'", pattern);
	}

}
