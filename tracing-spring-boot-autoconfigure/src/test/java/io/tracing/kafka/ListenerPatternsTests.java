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
 * Which listeners are traced.
 */
class ListenerPatternsTests {

	@Test
	void noPatternMeansAllListeners() {
		assertThat(ListenerPatterns.of(List.of(), List.of())).accepts("billing", "");
	}

	@Test
	void excludeIsStrongerThanInclude() {
		ListenerPatterns patterns = ListenerPatterns.of(List.of("billing*"), List.of("*-dlt"));
		assertThat(patterns).accepts("billing", "billing-retry-0").rejects("billing-dlt", "my-billing");
	}

	@Test
	void idsThatSpringMadeCanBeNamed() {
		String id = "org.springframework.kafka.KafkaListenerEndpointContainer#0";
		assertThat(ListenerPatterns.of(List.of(), List.of("*EndpointContainer#0"))).rejects(id);
		assertThat(ListenerPatterns.of(List.of(id), List.of())).accepts(id).rejects(id + "1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " " })
	void blankIsNoPattern(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> ListenerPatterns.of(List.of(pattern), List.of()))
			.withMessageContaining("is blank");
	}

}
