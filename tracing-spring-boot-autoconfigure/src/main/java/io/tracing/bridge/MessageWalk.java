// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import io.tracing.telemetry.wire.MalformedRecordException;

/**
 * Walks through an encoded protobuf message from length to length. Strict: everything is
 * where its length says, and every field has the wire type that it must have. Fields that
 * are not known are skipped, as newer producers may write them, but not those of the
 * request itself: there they are a sign that it is none.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding of
 * protobuf</a>
 */
final class MessageWalk {

	private static final int VARINT = 0;

	private static final int FIXED_64 = 1;

	private static final int LENGTH_DELIMITED = 2;

	private static final int FIXED_32 = 5;

	private static final int MAX_VARINT_BITS = 70;

	private final byte[] message;

	private int position;

	private int count;

	MessageWalk(byte[] message) {
		this.message = message;
	}

	/**
	 * Count the records of a request.
	 * @param request the frame of the request
	 */
	int count(MessageFrame request) throws MalformedRecordException {
		while (this.position < this.message.length) {
			int tag = tag(this.message.length);
			MessageFrame field = request.field(tag >>> 3);
			if (field == null || (tag & 7) != LENGTH_DELIMITED) {
				throw malformed("an unknown field");
			}
			lengthDelimited(field, this.message.length);
		}
		return this.count;
	}

	private void fields(MessageFrame message, int end) throws MalformedRecordException {
		while (this.position < end) {
			int tag = tag(end);
			MessageFrame field = message.field(tag >>> 3);
			if (field == null) {
				skip(tag & 7, end);
			}
			else if ((tag & 7) == LENGTH_DELIMITED) {
				lengthDelimited(field, end);
			}
			else {
				throw malformed("a field of the wrong type");
			}
		}
	}

	private void lengthDelimited(MessageFrame field, int end) throws MalformedRecordException {
		int fieldEnd = fieldEnd(end);
		if (field == MessageFrame.RECORD) {
			this.count++;
			this.position = fieldEnd;
		}
		else if (field == MessageFrame.CLOSED) {
			this.position = fieldEnd;
		}
		else {
			fields(field, fieldEnd);
		}
	}

	private int tag(int end) throws MalformedRecordException {
		long tag = varint(end);
		if (tag >>> 3 == 0 || tag >>> 32 != 0) {
			throw malformed("a field without a valid number");
		}
		return (int) tag;
	}

	private int fieldEnd(int end) throws MalformedRecordException {
		long length = varint(end);
		if (length < 0 || length > end - this.position) {
			throw malformed("a length beyond the end");
		}
		return this.position + (int) length;
	}

	private void skip(int wireType, int end) throws MalformedRecordException {
		switch (wireType) {
			case VARINT -> varint(end);
			case FIXED_64 -> skipBytes(Long.BYTES, end);
			case LENGTH_DELIMITED -> this.position = fieldEnd(end);
			case FIXED_32 -> skipBytes(Integer.BYTES, end);
			default -> throw malformed("a field of an unknown type");
		}
	}

	private void skipBytes(int bytes, int end) throws MalformedRecordException {
		if (end - this.position < bytes) {
			throw malformed("a field beyond the end");
		}
		this.position += bytes;
	}

	private long varint(int end) throws MalformedRecordException {
		long value = 0;
		for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
			if (this.position == end) {
				throw malformed("a number beyond the end");
			}
			byte b = this.message[this.position++];
			value |= (long) (b & 0x7f) << shift;
			if (b >= 0) {
				return value;
			}
		}
		throw malformed("a number of more than 64 bits");
	}

	private MalformedRecordException malformed(String what) {
		return new MalformedRecordException("not an export request of OTLP: " + what + " before byte " + this.position);
	}

}
