// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.List;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;

/**
 * The spans of a request.
 *
 * @param request the request
 */
record RequestSpans(ExportTraceServiceRequest request) implements RequestRecords {

	@Override
	public int count() {
		return this.request.getResourceSpansList()
			.stream()
			.flatMap((resource) -> resource.getScopeSpansList().stream())
			.mapToInt(ScopeSpans::getSpansCount)
			.sum();
	}

	@Override
	public ExportTraceServiceRequest slice(int from, int to) {
		ExportTraceServiceRequest.Builder result = this.request.toBuilder().clearResourceSpans();
		int index = 0;
		for (ResourceSpans resource : this.request.getResourceSpansList()) {
			ResourceSpans.Builder part = resource.toBuilder().clearScopeSpans();
			for (ScopeSpans scope : resource.getScopeSpansList()) {
				List<Span> spans = RequestRecords.part(scope.getSpansList(), from - index, to - index);
				if (!spans.isEmpty()) {
					part.addScopeSpans(scope.toBuilder().clearSpans().addAllSpans(spans));
				}
				index += scope.getSpansCount();
			}
			if (part.getScopeSpansCount() > 0) {
				result.addResourceSpans(part);
			}
		}
		return result.build();
	}

}
