// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The subjects of records and requests, whatever applications call things.
 */
class TelemetrySubjectsTests {

	@ParameterizedTest
	@CsvSource({ "orders,telemetry.spans.orders", "my.shop,telemetry.spans.my_shop", "a b*>,telemetry.spans.a_b__",
			"größe,telemetry.spans.gr__e", "'',telemetry.spans.unknown" })
	void requestsAreOnTheSubjectOfTheirService(String service, String subject) {
		assertThat(TelemetrySubjects.of(Signal.SPANS, service)).isEqualTo(subject);
	}

	@Test
	void spanIsOnTheSubjectOfItsRun() {
		assertThat(TelemetrySubjects.of(span(Map.of("run_id", "r 1.2")))).isEqualTo("telemetry.spans.orders.r_1_2");
	}

	@Test
	void spanWithoutRunSaysSo() {
		assertThat(TelemetrySubjects.of(span(Map.of()))).isEqualTo("telemetry.spans.orders.no-run");
		assertThat(TelemetrySubjects.of(span(Map.of("run_id", 7L)))).isEqualTo("telemetry.spans.orders.no-run");
		assertThat(TelemetrySubjects.of(span(Map.of("run_id", "")))).isEqualTo("telemetry.spans.orders.no-run");
	}

	@Test
	void runIsNotLongerThanSubjectsShouldBe() {
		assertThat(TelemetrySubjects.of(span(Map.of("run_id", "r".repeat(1_000)))))
			.isEqualTo("telemetry.spans.orders." + "r".repeat(128));
	}

	@ParameterizedTest
	@CsvSource({ "INFO,telemetry.logs.orders.info", "WARN 2,telemetry.logs.orders.warn_2",
			"'',telemetry.logs.orders.info" })
	void logRecordIsOnTheSubjectOfItsLevel(String level, String subject) {
		assertThat(TelemetrySubjects.of(new LogRecord(0, level, "m", "orders", "", "", Map.of(), "")))
			.isEqualTo(subject);
	}

	@ParameterizedTest
	@CsvSource({ "step.duration_ms,telemetry.metrics.orders.step.duration_ms",
			".step..retries.,telemetry.metrics.orders.step.retries", "a *>\tb,telemetry.metrics.orders.a____b",
			"höhe,telemetry.metrics.orders.h_he", "a\u010ab\u0120c,telemetry.metrics.orders.a_b_c",
			"'...',telemetry.metrics.orders.unknown" })
	void metricIsOnTheSubjectOfItsName(String name, String subject) {
		assertThat(TelemetrySubjects
			.of(new MetricObservation(name, MetricObservation.Type.GAUGE, 1L, Map.of(), "orders", 0)))
			.isEqualTo(subject);
	}

	@Test
	void halfASurrogatePairIsInNoSubject() {
		assertThat(TelemetrySubjects
			.of(new MetricObservation("a\ud800b", MetricObservation.Type.GAUGE, 1L, Map.of(), "orders", 0)))
			.isEqualTo("telemetry.metrics.orders.a_b");
	}

	@ParameterizedTest
	@CsvSource({ "telemetry.spans.orders.run,orders", "telemetry.spans.orders,orders",
			"telemetry.metrics.orders.a.b.c,orders", "telemetry.spans,", "telemetry,", "telemetry.spans..run," })
	void serviceIsTheThirdToken(String subject, String service) {
		assertThat(TelemetrySubjects.service(subject)).isEqualTo(service);
	}

	private static SpanRecord span(Map<String, Object> attributes) {
		return new SpanRecord("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", "name", "orders",
				SpanRecord.Kind.INTERNAL, 0, 0, SpanRecord.Status.UNSET, "", attributes, List.of());
	}

}
