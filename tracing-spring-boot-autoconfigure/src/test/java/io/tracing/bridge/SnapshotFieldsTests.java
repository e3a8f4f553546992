// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import io.tracing.telemetry.wire.MalformedRecordException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Snapshots that no backend would take.
 */
class SnapshotFieldsTests {

	@ParameterizedTest
	@ValueSource(strings = { "{\"DataPoints\":[{}]}", "{\"DataPoints\":{}}", "{\"DataPoints\":[1]}",
			"{\"DataPoints\":[{\"Value\":\"1\"}]}", "{\"DataPoints\":[{\"Value\":1,\"Time\":\"t\"}]}",
			"{\"DataPoints\":[{\"Value\":1,\"Attributes\":{}}]}",
			"{\"DataPoints\":[{\"Value\":1,\"Attributes\":[{\"Key\":\"\",\"Value\":1}]}]}",
			"{\"DataPoints\":[{\"Value\":1,\"Attributes\":[{\"Key\":\"a\",\"Value\":{\"Type\":\"INT64\",\"Value\":\"1\"}}]}]}",
			"{\"DataPoints\":[{\"Value\":1,\"Attributes\":[{\"Key\":\"a\",\"Value\":{\"Type\":\"STRINGSLICE\",\"Value\":[1]}}]}]}",
			"{\"DataPoints\":[{\"Value\":1,\"Exemplars\":[{\"Value\":1,\"TraceID\":\"abc\"}]}]}",
			"{\"DataPoints\":[{\"BucketCounts\":[1],\"Bounds\":[1]}]}",
			"{\"DataPoints\":[{\"BucketCounts\":[1,2,3],\"Bounds\":[2,1]}]}",
			"{\"DataPoints\":[{\"BucketCounts\":[1,-2],\"Bounds\":[1]}]}",
			"{\"DataPoints\":[{\"BucketCounts\":[1,2.5],\"Bounds\":[1]}]}",
			"{\"DataPoints\":[{\"BucketCounts\":[1,2],\"Bounds\":[\"1\"]}]}",
			"{\"DataPoints\":[{\"BucketCounts\":null,\"Bounds\":[1]}]}",
			"{\"DataPoints\":[{\"BucketCounts\":[],\"Count\":-1}]}", "{\"DataPoints\":[{\"Scale\":4294967296}]}",
			"{\"DataPoints\":[{\"Scale\":1,\"PositiveBucket\":[]}]}",
			"{\"DataPoints\":[{\"QuantileValues\":[{\"Quantile\":1.5}]}]}",
			"{\"DataPoints\":[{\"Value\":1}],\"IsMonotonic\":\"yes\"}",
			"{\"DataPoints\":[{\"BucketCounts\":null}],\"Temporality\":2}" })
	void pointOfTheWrongFormIsMalformed(String data) {
		assertMalformed("{\"name\":\"m\",\"data\":" + data + "}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"name\":\"\",\"data\":{}}", "{\"data\":{}}", "{\"name\":\"m\",\"data\":[]}",
			"{\"name\":\"m\",\"data\":null}", "{\"name\":\"m\",\"unit\":1,\"data\":{}}" })
	void envelopeOfTheWrongFormIsMalformed(String json) {
		assertMalformed(json);
	}

	private static void assertMalformed(String json) {
		assertThatExceptionOfType(MalformedRecordException.class)
			.isThrownBy(() -> OtlpText.read(new MetricTranslator("dagnats"), "telemetry.metrics.svc.m", json))
			.withMessageMatching("[ -~]{10,120}");
	}

}
