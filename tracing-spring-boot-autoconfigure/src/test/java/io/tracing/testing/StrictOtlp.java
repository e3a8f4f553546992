// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracing.telemetry.wire.Signal;

/**
 * Parses export requests with the official classes, and refuses what those let pass: a
 * field with a wrong number or wire type is an unknown field to them, and nothing more.
 */
final class StrictOtlp {

	private static final int TRACE_ID_LENGTH = 16;

	private static final int SPAN_ID_LENGTH = 8;

	private StrictOtlp() {
	}

	/**
	 * Parse a request.
	 * @param signal the signal of its path
	 * @param body the encoded request
	 * @return the request
	 * @throws InvalidProtocolBufferException if a collector would not take it, or would
	 * not understand all of it
	 */
	static Message parse(Signal signal, byte[] body) throws InvalidProtocolBufferException {
		Message message = switch (signal) {
			case SPANS -> ExportTraceServiceRequest.parseFrom(body);
			case LOGS -> ExportLogsServiceRequest.parseFrom(body);
			case METRICS -> ExportMetricsServiceRequest.parseFrom(body);
		};
		check(message);
		return message;
	}

	private static void check(Message message) throws InvalidProtocolBufferException {
		String type = message.getDescriptorForType().getName();
		Set<Integer> unknown = message.getUnknownFields().asMap().keySet();
		require(unknown.isEmpty(), type + " has unknown fields " + unknown);
		checkMeaning(message);
		for (Map.Entry<Descriptors.FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
			List<?> values = (field.getValue() instanceof List<?> list) ? list : List.of(field.getValue());
			for (Object value : values) {
				if (value instanceof Message nested) {
					check(nested);
				}
				else if (value instanceof Descriptors.EnumValueDescriptor constant) {
					require(constant.getIndex() >= 0, type + " has the unknown constant " + constant.getName());
				}
			}
		}
	}

	private static void checkMeaning(Message message) throws InvalidProtocolBufferException {
		if (message instanceof Span span) {
			checkId(span.getTraceId(), TRACE_ID_LENGTH, "trace id");
			checkId(span.getSpanId(), SPAN_ID_LENGTH, "span id");
			checkOptionalId(span.getParentSpanId(), SPAN_ID_LENGTH, "parent span id");
			require(!span.getName().isEmpty(), "A span has no name");
			checkKeys(span.getAttributesList());
		}
		else if (message instanceof Span.Link link) {
			checkId(link.getTraceId(), TRACE_ID_LENGTH, "trace id of a link");
			checkId(link.getSpanId(), SPAN_ID_LENGTH, "span id of a link");
			checkKeys(link.getAttributesList());
		}
		else if (message instanceof Span.Event event) {
			checkKeys(event.getAttributesList());
		}
		else if (message instanceof LogRecord log) {
			checkOptionalId(log.getTraceId(), TRACE_ID_LENGTH, "trace id");
			checkOptionalId(log.getSpanId(), SPAN_ID_LENGTH, "span id");
			checkKeys(log.getAttributesList());
		}
		else {
			checkMetric(message);
		}
	}

	private static void checkMetric(Message message) throws InvalidProtocolBufferException {
		if (message instanceof Metric metric) {
			require(!metric.getName().isEmpty(), "A metric has no name");
			require(metric.getDataCase() != Metric.DataCase.DATA_NOT_SET, "A metric has no data");
		}
		else if (message instanceof Sum sum) {
			checkTemporality(sum.getAggregationTemporality());
		}
		else if (message instanceof Histogram histogram) {
			checkTemporality(histogram.getAggregationTemporality());
		}
		else if (message instanceof ExponentialHistogram histogram) {
			checkTemporality(histogram.getAggregationTemporality());
		}
		else if (message instanceof NumberDataPoint point) {
			require(point.getValueCase() != NumberDataPoint.ValueCase.VALUE_NOT_SET || point.getFlags() != 0,
					"A data point has no value");
			require(point.getTimeUnixNano() != 0, "A data point has no time");
			checkKeys(point.getAttributesList());
		}
		else if (message instanceof HistogramDataPoint point) {
			checkBuckets(point);
			checkKeys(point.getAttributesList());
		}
	}

	private static void checkTemporality(AggregationTemporality temporality) throws InvalidProtocolBufferException {
		require(temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
				|| temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
				"A metric has the temporality " + temporality);
	}

	private static void checkBuckets(HistogramDataPoint point) throws InvalidProtocolBufferException {
		require(point.getTimeUnixNano() != 0, "A data point has no time");
		int buckets = point.getBucketCountsCount();
		require(buckets == 0 && point.getExplicitBoundsCount() == 0 || buckets == point.getExplicitBoundsCount() + 1,
				"A histogram has " + buckets + " buckets and " + point.getExplicitBoundsCount() + " bounds");
		long sum = point.getBucketCountsList().stream().mapToLong(Long::longValue).sum();
		require(buckets == 0 || sum == point.getCount(),
				"A histogram has the count " + point.getCount() + " and " + sum + " in its buckets");
	}

	private static void checkKeys(List<KeyValue> attributes) throws InvalidProtocolBufferException {
		Set<String> keys = new HashSet<>();
		for (KeyValue attribute : attributes) {
			require(!attribute.getKey().isEmpty(), "An attribute has no key");
			require(keys.add(attribute.getKey()), "An attribute is there twice: " + attribute.getKey());
		}
	}

	private static void checkOptionalId(ByteString id, int length, String what) throws InvalidProtocolBufferException {
		if (!id.isEmpty()) {
			checkId(id, length, what);
		}
	}

	private static void checkId(ByteString id, int length, String what) throws InvalidProtocolBufferException {
		require(id.size() == length, "The " + what + " has " + id.size() + " bytes");
		for (int index = 0; index < length; index++) {
			if (id.byteAt(index) != 0) {
				return;
			}
		}
		throw new InvalidProtocolBufferException("The " + what + " is zero");
	}

	private static void require(boolean condition, String fault) throws InvalidProtocolBufferException {
		if (!condition) {
			throw new InvalidProtocolBufferException(fault);
		}
	}

}
