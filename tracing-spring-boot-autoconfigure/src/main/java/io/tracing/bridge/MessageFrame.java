// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a protobuf message are messages or strings, as far as one has to go to
 * find the records of a request.
 *
 * @see <a href=
 * "https://github.com/open-telemetry/opentelemetry-proto">opentelemetry-proto</a>
 */
final class MessageFrame {

	/** A message or string that nobody looks into. */
	static final MessageFrame CLOSED = new MessageFrame();

	/** A record, which is counted. */
	static final MessageFrame RECORD = new MessageFrame();

	private static final int FIELDS = 16;

	private final @Nullable MessageFrame[] fields = new MessageFrame[FIELDS];

	private MessageFrame() {
	}

	static MessageFrame ofRequest(Signal signal) {
		MessageFrame records = (signal == Signal.METRICS) ? metric() : RECORD;
		MessageFrame scope = new MessageFrame().with(1, CLOSED).with(2, records).with(3, CLOSED);
		MessageFrame resource = new MessageFrame().with(1, CLOSED).with(2, scope).with(3, CLOSED);
		return new MessageFrame().with(1, resource);
	}

	private static MessageFrame metric() {
		MessageFrame data = new MessageFrame().with(1, RECORD);
		return new MessageFrame().with(1, CLOSED)
			.with(2, CLOSED)
			.with(3, CLOSED)
			.with(5, data)
			.with(7, data)
			.with(9, data)
			.with(10, data)
			.with(11, data)
			.with(12, CLOSED);
	}

	private MessageFrame with(int number, MessageFrame frame) {
		this.fields[number] = frame;
		return this;
	}

	/**
	 * What a field is, {@code null} if that is not known.
	 */
	@Nullable MessageFrame field(int number) {
		return (number < FIELDS) ? this.fields[number] : null;
	}

}
