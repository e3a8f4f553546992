// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.testing;

import java.util.List;

import tools.jackson.databind.JsonNode;

import org.springframework.http.HttpHeaders;

/**
 * What a service answered.
 *
 * @param status the HTTP status
 * @param headers the response headers
 * @param body the JSON body, a missing node if there is none
 */
public record Answer(int status, HttpHeaders headers, JsonNode body) {

	/**
	 * Return the fields that a problem blames.
	 * @return their paths
	 */
	public List<String> invalidFields() {
		return this.body.path("errors").valueStream().map((error) -> error.path("field").asString()).toList();
	}

}
