// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.util.List;
import java.util.Locale;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.tracing.testing.TraceParentVector;
import io.tracing.testing.TraceParentVector.Expected;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static io.tracing.testing.TraceParentVector.SPAN_ID;
import static io.tracing.testing.TraceParentVector.TRACE_ID;
import static io.tracing.testing.TraceParentVector.VALID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The value type, by the vectors of the W3C test harness and more.
 */
class TraceParentTests {

	static List<TraceParentVector> vectors() {
		return TraceParentVector.all();
	}

	@ParameterizedTest
	@MethodSource("vectors")
	void headerIsReadByTheSpecification(TraceParentVector vector) {
		TraceParent parsed = TraceParent.parse(vector.traceparent());
		if (vector.expected() == Expected.ACCEPT) {
			assertThat(parsed).isNotNull();
			assertThat(parsed.traceId()).isEqualTo(vector.traceparent().substring(3, 35));
			assertThat(parsed.spanId()).isEqualTo(vector.traceparent().substring(36, 52));
			assertThat(parsed.isSampled()).isEqualTo(vector.sampled());
			assertThat(parsed.flags() & 0x02).isEqualTo(vector.random() ? 0x02 : 0);
		}
		else if (vector.expected() == Expected.REJECT) {
			assertThat(parsed).isNull();
		}
	}

	@Test
	void thereAreSixtyTwoVectors() {
		assertThat(vectors()).hasSize(62);
	}

	@Test
	void missingHeaderIsNoTraceParent() {
		assertThat(TraceParent.parse(null)).isNull();
	}

	@Test
	void headerOfAHigherVersionIsWrittenAsVersionZero() {
		TraceParent parsed = TraceParent.parse("cc" + VALID.substring(2, 53) + "ff-what-the-future-will-be-like");
		assertThat(parsed).isNotNull();
		assertThat(parsed.toHeader()).isEqualTo("00-" + TRACE_ID + "-" + SPAN_ID + "-03");
	}

	@Test
	void spanContextGoesThereAndBack() {
		TraceParent parsed = TraceParent.parse(VALID);
		assertThat(parsed).isNotNull();
		SpanContext context = parsed.toSpanContext();
		assertThat(context.isRemote()).isTrue();
		assertThat(context.isSampled()).isTrue();
		assertThat(TraceParent.of(context)).isEqualTo(parsed);
		assertThat(parsed.toHeader()).isEqualTo(VALID);
	}

	@Test
	void unknownFlagsOfASpanContextAreNotWritten() {
		TraceParent traceParent = TraceParent
			.of(SpanContext.create(TRACE_ID, SPAN_ID, TraceFlags.fromByte((byte) 0xff), TraceState.getDefault()));
		assertThat(traceParent).isNotNull();
		assertThat(traceParent.toHeader()).endsWith("-03");
	}

	@Test
	void invalidSpanContextIsNoTraceParent() {
		assertThat(TraceParent.of(SpanContext.getInvalid())).isNull();
	}

	@Test
	void badIdsAreNamed() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new TraceParent(TRACE_ID.toUpperCase(Locale.ROOT), SPAN_ID, (byte) 1))
			.withMessage("traceId '%s' must be 32 lower-case hex digits that are not all zero"
				.formatted(TRACE_ID.toUpperCase(Locale.ROOT)));
		assertThatIllegalArgumentException().isThrownBy(() -> new TraceParent(TRACE_ID, "0000000000000000", (byte) 1))
			.withMessage("spanId '0000000000000000' must be 16 lower-case hex digits that are not all zero");
	}

}
