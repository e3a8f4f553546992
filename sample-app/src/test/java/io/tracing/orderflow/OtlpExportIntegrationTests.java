// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.List;
import java.util.Map;

import io.tracing.orderflow.trace.GoldenFile;
import io.tracing.orderflow.trace.OtlpReceiver;
import io.tracing.orderflow.trace.TraceText;
import io.tracing.orderflow.trace.TracedSpan;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With {@code OTEL_EXPORTER_OTLP_ENDPOINT} the trace that is printed arrives at an OTLP
 * backend, too, from a JVM that ends right after.
 */
class OtlpExportIntegrationTests {

	@Test
	void wholeTraceArrivesBeforeTheProcessEnds() throws Exception {
		try (OtlpReceiver receiver = new OtlpReceiver();
				ForkedOrderFlow orderFlow = ForkedOrderFlow.start(
						// A name for all services would make one of six: it is not
						// taken.
						Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint(), "OTEL_SERVICE_NAME", "everything"),
						"--once", "--server.port=0")) {
			assertThat(orderFlow.exitStatus()).as(orderFlow::output).isZero();
			assertThat(orderFlow.output()).contains("unbroken: one trace id in 6 services");
			String traceId = receiver.spans()
				.stream()
				.filter((span) -> span.kind().equals("PRODUCER"))
				.map(TracedSpan::traceId)
				.findFirst()
				.orElseThrow();
			List<TracedSpan> trace = receiver.spans()
				.stream()
				.filter((span) -> span.traceId().equals(traceId))
				.toList();
			GoldenFile.assertSame("traces/two-line-items.txt", TraceText.of(trace));
			assertThat(orderFlow.output()).contains("trace " + traceId);
		}
	}

}
