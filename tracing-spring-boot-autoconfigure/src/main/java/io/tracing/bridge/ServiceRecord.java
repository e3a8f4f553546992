// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.tracing.telemetry.wire.TelemetrySubjects;

/**
 * A record and the service that it is from, which OTLP keeps apart from the record, in a
 * resource for all of its records.
 *
 * @param <T> the type of the record
 * @param service the name of the service
 * @param record the record
 */
record ServiceRecord<T>(String service, T record) {

	/**
	 * A record with the service that it names itself, else the one that its subject
	 * names, else another.
	 */
	static <T> ServiceRecord<T> of(String named, String subject, String otherwise, T record) {
		if (!named.isEmpty()) {
			return new ServiceRecord<>(named, record);
		}
		String service = TelemetrySubjects.service(subject);
		return new ServiceRecord<>((service != null) ? service : otherwise, record);
	}

	/**
	 * The records of each service, in the order in which they came.
	 */
	static <T> Map<String, List<T>> byService(List<ServiceRecord<T>> records) {
		Map<String, List<T>> services = new LinkedHashMap<>();
		for (ServiceRecord<T> record : records) {
			services.computeIfAbsent(record.service(), (service) -> new ArrayList<>()).add(record.record());
		}
		return services;
	}

}
