// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

/**
 * Counts the spans of an export request by walking along its lengths, as little work as a
 * backend can have that knows what it got.
 */
final class SpanCount {

	private static final int[] PATH_TO_SPAN = { 1, 2, 2 };

	private final byte[] request;

	private int position;

	private int spans;

	private SpanCount(byte[] request) {
		this.request = request;
	}

	/**
	 * Count the spans.
	 * @param buffer what the request is in
	 * @param length how long it is
	 */
	static int of(byte[] buffer, int length) {
		SpanCount count = new SpanCount(buffer);
		count.walk(0, length);
		return count.spans;
	}

	private void walk(int depth, int end) {
		while (this.position < end) {
			long tag = varint();
			switch ((int) tag & 7) {
				case 0 -> varint();
				case 1 -> this.position += Long.BYTES;
				case 2 -> enter(depth, (int) (tag >>> 3), end);
				case 5 -> this.position += Integer.BYTES;
				default -> throw new IllegalStateException("The request is damaged at byte " + this.position);
			}
		}
		if (this.position != end) {
			throw new IllegalStateException("The request ends within a field");
		}
	}

	private void enter(int depth, int field, int end) {
		int length = (int) varint();
		int next = this.position + length;
		if (length < 0 || next > end) {
			throw new IllegalStateException("The request is damaged at byte " + this.position);
		}
		if (field != PATH_TO_SPAN[depth]) {
			this.position = next;
		}
		else if (depth == PATH_TO_SPAN.length - 1) {
			this.spans++;
			this.position = next;
		}
		else {
			walk(depth + 1, next);
		}
	}

	private long varint() {
		long value = 0;
		int shift = 0;
		byte next;
		do {
			next = this.request[this.position++];
			value |= (long) (next & 0x7F) << shift;
			shift += 7;
		}
		while (next < 0);
		return value;
	}

}
