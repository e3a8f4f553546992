// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The releases of the OpenTelemetry messaging conventions whose attribute names can be
 * written. 1.45 renamed the system and the Kafka keys of 1.44; everything else is the
 * same in both.
 */
public enum SemanticConventions {

	/** The names of 1.44: {@code messaging.system}, {@code messaging.kafka.offset}. */
	V1_44("1.44", "https://opentelemetry.io/schemas/1.44.0"),

	/** The names of 1.45: {@code messaging.system.name}, {@code kafka.offset}. */
	V1_45("1.45", "https://opentelemetry.io/schemas/1.45.0"),

	/** Both names on every span, for the time of a migration. */
	BOTH("both", "https://opentelemetry.io/schemas/1.45.0");

	private final String value;

	private final String schemaUrl;

	SemanticConventions(String value, String schemaUrl) {
		this.value = value;
		this.schemaUrl = schemaUrl;
	}

	/**
	 * Return the conventions of the given name.
	 * @param value {@code 1.44}, {@code 1.45} or {@code both}
	 * @return the conventions
	 * @throws IllegalArgumentException if there are none of that name
	 */
	public static SemanticConventions of(String value) {
		for (SemanticConventions conventions : values()) {
			if (conventions.value.equals(value)) {
				return conventions;
			}
		}
		throw new IllegalArgumentException("'%s' is not one of %s".formatted(value,
				Arrays.stream(values()).map(SemanticConventions::value).collect(Collectors.joining(", "))));
	}

	/**
	 * The name by which a configuration chooses these conventions.
	 * @return the name
	 */
	public String value() {
		return this.value;
	}

	String schemaUrl() {
		return this.schemaUrl;
	}

}
