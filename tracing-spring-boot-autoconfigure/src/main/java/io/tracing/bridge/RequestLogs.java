// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.List;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;

/**
 * The log records of a request.
 *
 * @param request the request
 */
record RequestLogs(ExportLogsServiceRequest request) implements RequestRecords {

	@Override
	public int count() {
		return this.request.getResourceLogsList()
			.stream()
			.flatMap((resource) -> resource.getScopeLogsList().stream())
			.mapToInt(ScopeLogs::getLogRecordsCount)
			.sum();
	}

	@Override
	public ExportLogsServiceRequest slice(int from, int to) {
		ExportLogsServiceRequest.Builder result = this.request.toBuilder().clearResourceLogs();
		int index = 0;
		for (ResourceLogs resource : this.request.getResourceLogsList()) {
			ResourceLogs.Builder part = resource.toBuilder().clearScopeLogs();
			for (ScopeLogs scope : resource.getScopeLogsList()) {
				List<LogRecord> logs = RequestRecords.part(scope.getLogRecordsList(), from - index, to - index);
				if (!logs.isEmpty()) {
					part.addScopeLogs(scope.toBuilder().clearLogRecords().addAllLogRecords(logs));
				}
				index += scope.getLogRecordsCount();
			}
			if (part.getScopeLogsCount() > 0) {
				result.addResourceLogs(part);
			}
		}
		return result.build();
	}

}
