// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.List;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of records of released DagNats versions, decoded by the official classes.
 * Those with the publish time {@code t} are records as well: nothing is made of that
 * time.
 */
class RecordedTelemetryTests {

	private static final String BOUNDS = """
			explicit_bounds: [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000]""";

	@Test
	void everyRecordIsThere() {
		assertThat(RecordedTelemetry.METRICS).hasSize(9);
		assertThat(RecordedTelemetry.SPANS).hasSize(3);
	}

	@Test
	void cumulativeSumWithTypedAttributesAndExemplarIsCopied() throws Exception {
		assertMetric(0, """
				name: "workflow.runs.completed" description: "d" unit: "1" sum {
				  aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE
				  is_monotonic: true
				  data_points {
				    start_time_unix_nano: 1795170563934318702 time_unix_nano: 1795170563934381315 as_double: 3
				  }
				  data_points {
				    start_time_unix_nano: 1795170563934318702 time_unix_nano: 1795170563934381315 as_double: 2
				    attributes { key: "b" value { bool_value: true } }
				    attributes { key: "f" value { double_value: 1.5 } }
				    attributes { key: "n" value { int_value: 7 } }
				    attributes { key: "ss" value { array_value {
				      values { string_value: "a" } values { string_value: "b" } } } }
				    attributes { key: "workflow" value { string_value: "w" } }
				    exemplars {
				      time_unix_nano: 1795170563934342598 as_double: 2
				      span_id: #31d2f850ed39a669 trace_id: #078a91f949fe583ce6e6dff3165c5c86
				    }
				  }
				}""");
	}

	@Test
	void sumOfDoublesIsCopied() throws Exception {
		assertMetric(1, """
				name: "fc" sum {
				  aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE
				  is_monotonic: true
				  data_points {
				    start_time_unix_nano: 1795170563934347365 time_unix_nano: 1795170563934384420 as_double: 2
				  }
				}""");
	}

	@Test
	void sumThatGoesUpAndDownIsCopied() throws Exception {
		assertMetric(2, """
				name: "worker.tasks.active" sum {
				  aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE
				  data_points {
				    start_time_unix_nano: 1795170563934352583 time_unix_nano: 1795170563934385862 as_double: 0
				  }
				}""");
	}

	@Test
	void gaugesAreCopied() throws Exception {
		assertMetric(3, """
				name: "gauge.int" gauge { data_points {
				  start_time_unix_nano: 1795170563934359583 time_unix_nano: 1795170563934386383 as_double: 9
				} }""");
		assertMetric(5, """
				name: "obs.gauge" gauge { data_points {
				  start_time_unix_nano: 1795170563934374946 time_unix_nano: 1795170563934391431 as_double: 4
				} }""");
	}

	@Test
	void histogramIsCopied() throws Exception {
		assertMetric(4, """
				name: "snapshot.save.duration_ms" histogram {
				  aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE
				  data_points {
				    start_time_unix_nano: 1795170563934364771 time_unix_nano: 1795170563934387294
				    count: 1 sum: 12.5 min: 12.5 max: 12.5 %1$s
				    bucket_counts: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
				  }
				  data_points {
				    start_time_unix_nano: 1795170563934364771 time_unix_nano: 1795170563934387294
				    attributes { key: "workflow" value { string_value: "w" } }
				    count: 1 sum: 800 min: 800 max: 800 %1$s
				    bucket_counts: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
				    exemplars {
				      time_unix_nano: 1795170563934371531 as_double: 800
				      span_id: #31d2f850ed39a669 trace_id: #078a91f949fe583ce6e6dff3165c5c86
				    }
				  }
				}""".formatted(BOUNDS));
	}

	@Test
	void whatIsNullOrNotSetIsLeftOut() throws Exception {
		assertMetric(6, "name: \"z\" gauge { data_points { as_double: 1 } }");
		assertMetric(7, "name: \"z\" histogram { data_points { sum: 0 } }");
		assertMetric(8, """
				name: "z" exponential_histogram {
				  aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE
				  data_points {
				    count: 1 sum: 0 min: 1.5 positive { offset: 1 bucket_counts: 1 } negative { }
				  }
				}""");
	}

	@Test
	void deltaIsStillADelta() throws Exception {
		String record = RecordedTelemetry.METRICS.get(1).replace("CumulativeTemporality", "DeltaTemporality");
		assertThat(metrics(record).getResourceMetrics(0)
			.getScopeMetrics(0)
			.getMetrics(0)
			.getSum()
			.getAggregationTemporality()
			.name()).isEqualTo("AGGREGATION_TEMPORALITY_DELTA");
	}

	@Test
	void summaryAndWhatIsMadeByHandIsTranslated() throws Exception {
		assertThat(metrics("""
				{"name":"s","data":{"DataPoints":[{"Attributes":[{"Key":"bare","Value":"v"},{"Key":"n","Value":2}],
				"Time":"2026-04-05T12:00:00Z","Count":2,"Sum":3.5,
				"QuantileValues":[{"Quantile":0.5,"Value":1},{"Quantile":1,"Value":2.5}]}]}}""").getResourceMetrics(0)
			.getScopeMetrics(0)
			.getMetrics(0)).isEqualTo(metric("""
					name: "s" summary { data_points {
					  attributes { key: "bare" value { string_value: "v" } }
					  attributes { key: "n" value { int_value: 2 } }
					  time_unix_nano: 1775390400000000000 count: 2 sum: 3.5
					  quantile_values { quantile: 0.5 value: 1 } quantile_values { quantile: 1 value: 2.5 }
					} }"""));
		assertThat(metrics("""
				{"name":"i","data":{"DataPoints":[{"Int":9007199254740993}],"IsMonotonic":true}}""")
			.getResourceMetrics(0)
			.getScopeMetrics(0)
			.getMetrics(0)).isEqualTo(metric("""
					name: "i" sum { is_monotonic: true data_points { as_int: 9007199254740993 } }"""));
	}

	@Test
	void spanIsCopied() throws Exception {
		for (String record : List.of(RecordedTelemetry.SPANS.get(0), RecordedTelemetry.SPANS.get(1))) {
			assertThat(span(record)).isEqualTo(OtlpText.parse(Span.getDefaultInstance(), """
					trace_id: #078a91f949fe583ce6e6dff3165c5c86
					span_id: #31d2f850ed39a669
					parent_span_id: #31d2f850ed39a669
					flags: 1
					name: "op"
					kind: SPAN_KIND_SERVER
					start_time_unix_nano: 1700000000123456789
					end_time_unix_nano: 1700000001123456789
					attributes { key: "run_id" value { string_value: "r1" } }
					attributes { key: "i" value { int_value: 42 } }
					attributes { key: "d" value { double_value: 2 } }
					attributes { key: "b" value { bool_value: false } }
					events { time_unix_nano: 5 name: "exception" }
					status { code: STATUS_CODE_ERROR message: "boom" }"""));
		}
	}

	@Test
	void spanThatSaysLittleIsCopied() throws Exception {
		assertThat(span(RecordedTelemetry.SPANS.get(2))).isEqualTo(OtlpText.parse(Span.getDefaultInstance(),
				"""
						trace_id: #078a91f949fe583ce6e6dff3165c5c86 span_id: #31d2f850ed39a669 flags: 1 name: "op2" status { }"""));
	}

	private static void assertMetric(int index, String expected) throws Exception {
		ExportMetricsServiceRequest request = metrics(RecordedTelemetry.METRICS.get(index));
		assertThat(request.getResourceMetrics(0).getResource()).isEqualTo(OtlpValues.resource("svc"));
		assertThat(request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList()).containsExactly(metric(expected));
	}

	private static Metric metric(String text) throws Exception {
		return OtlpText.parse(Metric.getDefaultInstance(), text);
	}

	private static ExportMetricsServiceRequest metrics(String record) throws Exception {
		return OtlpText.translate(new MetricTranslator("dagnats"), ExportMetricsServiceRequest.getDefaultInstance(),
				"telemetry.metrics.svc.m", record);
	}

	private static Span span(String record) throws Exception {
		ExportTraceServiceRequest request = OtlpText.translate(new SpanTranslator("dagnats"),
				ExportTraceServiceRequest.getDefaultInstance(), "telemetry.spans.svc.r1", record);
		assertThat(request.getResourceSpans(0).getResource()).isEqualTo(OtlpValues.resource("svc"));
		return request.getResourceSpans(0).getScopeSpans(0).getSpans(0);
	}

}
