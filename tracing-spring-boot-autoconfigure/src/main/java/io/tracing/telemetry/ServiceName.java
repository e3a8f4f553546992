// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;

/**
 * The service that telemetry comes from, as its resource says.
 */
final class ServiceName {

	private static final AttributeKey<String> KEY = AttributeKey.stringKey("service.name");

	private static final String UNKNOWN = "unknown_service";

	private ServiceName() {
	}

	static String of(Resource resource) {
		String name = resource.getAttribute(KEY);
		return (name != null && !name.isEmpty()) ? name : UNKNOWN;
	}

}
