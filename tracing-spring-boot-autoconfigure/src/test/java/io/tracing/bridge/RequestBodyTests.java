// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Flow;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The parts of a body, as they come to those who ask for them.
 */
class RequestBodyTests {

	private static final List<byte[]> PARTS = List.of(bytes(3), bytes(0), bytes(65_536), bytes(200_001), bytes(0));

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, Long.MAX_VALUE })
	void bytesComeInOrderHoweverManyAreAskedFor(long demand) {
		Reader reader = new Reader(demand);
		RequestBody body = RequestBody.of(PARTS);
		body.subscribe(reader);
		assertThat(reader.bytes.toByteArray()).isEqualTo(join(PARTS));
		assertThat(body.contentLength()).isEqualTo(reader.bytes.size());
		assertThat(reader.completions).isOne();
		assertThat(reader.largest).isLessThanOrEqualTo(64 * 1024);
	}

	@Test
	void bodyCanBeReadAgain() {
		RequestBody body = RequestBody.of(PARTS);
		for (int attempt = 0; attempt < 2; attempt++) {
			Reader reader = new Reader(1);
			body.subscribe(reader);
			assertThat(reader.bytes.size()).isEqualTo(265_540);
		}
	}

	@Test
	void emptyBodyEnds() {
		Reader reader = new Reader(1);
		RequestBody.of(List.of(bytes(0))).subscribe(reader);
		assertThat(reader.bytes.size()).isZero();
		assertThat(reader.completions).isOne();
	}

	@Test
	void nothingComesAfterACancellation() {
		Reader reader = new Reader(Long.MAX_VALUE);
		reader.cancelAfterFirst = true;
		RequestBody.of(PARTS).subscribe(reader);
		assertThat(reader.bytes.size()).isEqualTo(3);
		assertThat(reader.completions).isZero();
	}

	@Test
	void askingForNothingIsAFault() {
		Reader reader = new Reader(0);
		RequestBody.of(PARTS).subscribe(reader);
		assertThat(reader.fault).isInstanceOf(IllegalArgumentException.class);
		assertThat(reader.bytes.size()).isZero();
	}

	@Test
	void compressedBodyIsTheSame() throws IOException {
		Reader reader = new Reader(Long.MAX_VALUE);
		RequestBody body = RequestBody.compressed(PARTS);
		body.subscribe(reader);
		assertThat(body.contentLength()).isEqualTo(reader.bytes.size());
		ByteArrayInputStream compressed = new ByteArrayInputStream(reader.bytes.toByteArray());
		assertThat(new GZIPInputStream(compressed).readAllBytes()).isEqualTo(join(PARTS));
	}

	private static byte[] bytes(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	private static byte[] join(List<byte[]> parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		parts.forEach(all::writeBytes);
		return all.toByteArray();
	}

	/**
	 * Asks for so many buffers at a time, from within the call that brings one.
	 */
	private static final class Reader implements Flow.Subscriber<ByteBuffer> {

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		private final long demand;

		private boolean cancelAfterFirst;

		private Flow.Subscription subscription;

		private int completions;

		private int largest;

		private Throwable fault;

		private Reader(long demand) {
			this.demand = demand;
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscription = subscription;
			subscription.request(this.demand);
		}

		@Override
		public void onNext(ByteBuffer buffer) {
			byte[] slice = new byte[buffer.remaining()];
			buffer.get(slice);
			this.bytes.writeBytes(slice);
			this.largest = Math.max(this.largest, slice.length);
			if (this.cancelAfterFirst) {
				this.subscription.cancel();
			}
			else {
				this.subscription.request(this.demand);
			}
		}

		@Override
		public void onError(Throwable fault) {
			this.fault = fault;
		}

		@Override
		public void onComplete() {
			this.completions++;
		}

	}

}
