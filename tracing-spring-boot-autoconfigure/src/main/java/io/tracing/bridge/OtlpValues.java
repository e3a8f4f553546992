// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import org.jspecify.annotations.Nullable;

/**
 * The small parts that all signals of OTLP have: ids, attributes, the resource.
 */
final class OtlpValues {

	private static final long MAX_EXACT = 1L << 53;

	private OtlpValues() {
	}

	static Resource resource(String service) {
		return Resource.newBuilder().addAttributes(attribute("service.name", service)).build();
	}

	static long epochNanos(Instant time) {
		return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
	}

	/**
	 * The bytes of an id.
	 * @param hex lower-case hex digits, or nothing
	 */
	static ByteString id(String hex) {
		if (hex.isEmpty()) {
			return ByteString.EMPTY;
		}
		byte[] id = new byte[hex.length() / 2];
		for (int i = 0; i < id.length; i++) {
			id[i] = (byte) (digit(hex.charAt(2 * i)) << 4 | digit(hex.charAt(2 * i + 1)));
		}
		return UnsafeByteOperations.unsafeWrap(id);
	}

	private static int digit(char c) {
		return (c <= '9') ? c - '0' : c - 'a' + 10;
	}

	/**
	 * Set the value of a point. A series must not change its type from point to point,
	 * and JSON does not tell 2 from 2.0: so all values are doubles, up to where a double
	 * would change them.
	 */
	static NumberDataPoint.Builder setValue(NumberDataPoint.Builder point, Number value) {
		return needsInteger(value) ? point.setAsInt(value.longValue()) : point.setAsDouble(value.doubleValue());
	}

	static Exemplar.Builder setValue(Exemplar.Builder exemplar, Number value) {
		return needsInteger(value) ? exemplar.setAsInt(value.longValue()) : exemplar.setAsDouble(value.doubleValue());
	}

	private static boolean needsInteger(Number value) {
		return value instanceof Long whole && (whole > MAX_EXACT || whole < -MAX_EXACT);
	}

	static List<KeyValue> attributes(Map<String, ?> attributes) {
		List<KeyValue> pairs = new ArrayList<>(attributes.size());
		attributes.forEach((key, value) -> pairs.add(attribute(key, value)));
		return pairs;
	}

	static KeyValue attribute(String key, @Nullable Object value) {
		return KeyValue.newBuilder().setKey(key).setValue(value(value)).build();
	}

	static AnyValue value(@Nullable Object value) {
		AnyValue.Builder any = AnyValue.newBuilder();
		if (value instanceof String text) {
			any.setStringValue(text);
		}
		else if (value instanceof Long number) {
			any.setIntValue(number);
		}
		else if (value instanceof Double number) {
			any.setDoubleValue(number);
		}
		else if (value instanceof Boolean bool) {
			any.setBoolValue(bool);
		}
		else if (value instanceof byte[] bytes) {
			any.setBytesValue(ByteString.copyFrom(bytes));
		}
		else if (value instanceof List<?> list) {
			ArrayValue.Builder array = ArrayValue.newBuilder();
			list.forEach((element) -> array.addValues(value(element)));
			any.setArrayValue(array);
		}
		else if (value instanceof Map<?, ?> map) {
			KeyValueList.Builder pairs = KeyValueList.newBuilder();
			map.forEach((key, element) -> pairs.addValues(attribute((String) key, element)));
			any.setKvlistValue(pairs);
		}
		return any.build();
	}

}
