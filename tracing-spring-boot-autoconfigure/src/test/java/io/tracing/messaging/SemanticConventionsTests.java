// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The profiles of attribute names.
 */
class SemanticConventionsTests {

	@ParameterizedTest
	@CsvSource({ "1.44, V1_44, 1.44.0", "1.45, V1_45, 1.45.0", "both, BOTH, 1.45.0" })
	void nameFindsTheConventions(String name, SemanticConventions conventions, String schema) {
		assertThat(SemanticConventions.of(name)).isSameAs(conventions);
		assertThat(conventions.value()).isEqualTo(name);
		assertThat(conventions.schemaUrl()).isEqualTo("https://opentelemetry.io/schemas/" + schema);
	}

	@Test
	void unknownNameIsAnsweredWithTheKnownOnes() {
		assertThatIllegalArgumentException().isThrownBy(() -> SemanticConventions.of("1.99"))
			.withMessage("'1.99' is not one of 1.44, 1.45, both");
	}

}
