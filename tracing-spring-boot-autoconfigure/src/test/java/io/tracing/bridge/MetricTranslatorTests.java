// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.tracing.telemetry.wire.MalformedRecordException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of observations, decoded by the official classes.
 */
class MetricTranslatorTests {

	private static final String SUBJECT = "telemetry.metrics.by-subject.m";

	private final MetricTranslator translator = new MetricTranslator("by-configuration");

	@Test
	void recordOfThePageIsTranslated() throws Exception {
		assertThat(translate("""
				{"name":"step.retries","type":"counter","value":1,"tags":{"k":"v"},"service":"w",
				"timestamp":"2026-04-05T12:00:00.12Z"}""")).isEqualTo(expected("""
				resource_metrics {
				  resource { attributes { key: "service.name" value { string_value: "w" } } }
				  scope_metrics { metrics { name: "step.retries" unit: "1" sum {
				    aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA
				    is_monotonic: true
				    data_points {
				      attributes { key: "k" value { string_value: "v" } }
				      start_time_unix_nano: 1775390400119999999
				      time_unix_nano: 1775390400120000000
				      as_double: 1
				    }
				  } } }
				}"""));
	}

	@Test
	void incrementsOfASeriesAreAddedUp() throws Exception {
		assertThat(translate(observation("c", "counter", "1", "a", 1), observation("c", "counter", "2.5", "b", 2),
				observation("c", "counter", "3", "a", 4), observation("c", "counter", "4", "a", 3)))
			.isEqualTo(expected("""
					resource_metrics {
					  resource { attributes { key: "service.name" value { string_value: "w" } } }
					  scope_metrics { metrics { name: "c" unit: "1" sum {
					    aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA
					    is_monotonic: true
					    data_points {
					      attributes { key: "t" value { string_value: "a" } }
					      start_time_unix_nano: 1775390400999999999
					      time_unix_nano: 1775390404000000000
					      as_double: 8
					    }
					    data_points {
					      attributes { key: "t" value { string_value: "b" } }
					      start_time_unix_nano: 1775390401999999999
					      time_unix_nano: 1775390402000000000
					      as_double: 2.5
					    }
					  } } }
					}"""));
	}

	@Test
	void latestValueOfAGaugeCounts() throws Exception {
		assertThat(translate(observation("g", "gauge", "1", "a", 1), observation("g", "gauge", "3", "a", 3),
				observation("g", "gauge", "-2.5", "a", 3), observation("g", "gauge", "2", "a", 2)))
			.isEqualTo(expected("""
					resource_metrics {
					  resource { attributes { key: "service.name" value { string_value: "w" } } }
					  scope_metrics { metrics { name: "g" gauge { data_points {
					    attributes { key: "t" value { string_value: "a" } }
					    time_unix_nano: 1775390403000000000
					    as_double: -2.5
					  } } } }
					}"""));
	}

	@Test
	void valuesOfAHistogramAreDistributed() throws Exception {
		assertThat(translate(observation("h_ms", "histogram", "5", "a", 1),
				observation("h_ms", "histogram", "5.5", "a", 2), observation("h_ms", "histogram", "-1", "a", 3),
				observation("h_ms", "histogram", "20000", "a", 4)))
			.isEqualTo(expected("""
					resource_metrics {
					  resource { attributes { key: "service.name" value { string_value: "w" } } }
					  scope_metrics { metrics { name: "h_ms" unit: "ms" histogram {
					    aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA
					    data_points {
					      attributes { key: "t" value { string_value: "a" } }
					      start_time_unix_nano: 1775390400999999999
					      time_unix_nano: 1775390404000000000
					      count: 4 sum: 20009.5 min: -1 max: 20000
					      explicit_bounds: [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000]
					      bucket_counts: [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
					    }
					  } } }
					}"""));
	}

	@Test
	void metricsOfOneNameAndDifferentTypesAreNotMixed() throws Exception {
		assertThat(translate(observation("m", "counter", "1", "a", 1), observation("m", "gauge", "1", "a", 1),
				observation("m", "histogram", "1", "a", 1))
			.getResourceMetrics(0)
			.getScopeMetrics(0)
			.getMetricsList()).extracting((metric) -> metric.getDataCase().name())
			.containsExactly("SUM", "GAUGE", "HISTOGRAM");
	}

	@Test
	void servicesAreNotMixed() throws Exception {
		ExportMetricsServiceRequest request = translate(observation("c", "counter", "1", "a", 1),
				observation("c", "counter", "1", "a", 1).replace("\"w\"", "\"x\""),
				observation("c", "counter", "1", "a", 1).replace("\"w\"", "null"));
		assertThat(request.getResourceMetricsList()).extracting((metrics) -> metrics.getResource())
			.containsExactly(OtlpValues.resource("w"), OtlpValues.resource("x"), OtlpValues.resource("by-subject"));
	}

	@Test
	void whatNoDoubleCanStandForIsAnInteger() throws Exception {
		assertThat(point(observation("c", "counter", "9007199254740993", "a", 1)).getAsInt())
			.isEqualTo(9007199254740993L);
		assertThat(
				point(observation("c", "counter", "9007199254740992", "a", 1), observation("c", "counter", "1", "a", 1))
					.getAsInt())
			.isEqualTo(9007199254740993L);
		assertThat(point(observation("c", "counter", "9223372036854775807", "a", 1),
				observation("c", "counter", "1", "a", 1), observation("c", "counter", "9223372036854775807", "a", 1))
			.getAsDouble()).isEqualTo(0x1p64);
	}

	@Test
	void observationWithoutTimeHasThatOfTheStream() throws Exception {
		NumberDataPoint point = point("{\"name\":\"c\",\"type\":\"counter\",\"value\":1}");
		assertThat(point.getStartTimeUnixNano()).isEqualTo(1775390409000000006L);
		assertThat(point.getTimeUnixNano()).isEqualTo(1775390409000000007L);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"name\":\"m\",\"type\":\"counter\",\"value\":\"1\"}",
			"{\"name\":\"m\",\"type\":\"meter\",\"value\":1}", "{\"name\":\"m\",\"value\":1}",
			"{\"name\":\"\",\"type\":\"counter\",\"value\":1}", "{\"type\":\"counter\",\"value\":1}",
			"{\"name\":\"m\",\"type\":\"counter\",\"value\":-1}", "{\"name\":\"m\",\"type\":\"gauge\",\"value\":1e999}",
			"{\"name\":\"m\",\"type\":\"gauge\",\"value\":NaN}",
			"{\"name\":\"m\",\"type\":\"gauge\",\"value\":1,\"tags\":{\"a\":1}}",
			"{\"name\":\"m\",\"type\":\"gauge\",\"value\":1,\"tags\":{\"\":\"a\"}}",
			"{\"name\":\"m\",\"type\":\"gauge\",\"value\":1,\"timestamp\":\"t\"}" })
	void otherObjectIsMalformed(String json) {
		assertThatExceptionOfType(MalformedRecordException.class)
			.isThrownBy(() -> OtlpText.read(this.translator, SUBJECT, json))
			.withMessageMatching("[ -~]{10,120}");
	}

	private NumberDataPoint point(String... records) throws Exception {
		return translate(records).getResourceMetrics(0).getScopeMetrics(0).getMetrics(0).getSum().getDataPoints(0);
	}

	private static String observation(String name, String type, String value, String tag, int second) {
		return """
				{"name":"%s","type":"%s","value":%s,"tags":{"t":"%s"},"service":"w","timestamp":"2026-04-05T12:00:0%dZ"}"""
			.formatted(name, type, value, tag, second);
	}

	private ExportMetricsServiceRequest translate(String... records) throws Exception {
		return OtlpText.translate(this.translator, ExportMetricsServiceRequest.getDefaultInstance(), SUBJECT, records);
	}

	private static ExportMetricsServiceRequest expected(String text) throws Exception {
		return OtlpText.parse(ExportMetricsServiceRequest.getDefaultInstance(), text);
	}

}
