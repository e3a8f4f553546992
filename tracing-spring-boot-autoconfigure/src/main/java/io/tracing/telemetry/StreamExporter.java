// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.Collection;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.tracing.telemetry.wire.Signal;

/**
 * What the exporters of the three signals have in common.
 *
 * @param <T> what is exported
 */
final class StreamExporter<T> {

	private final StreamPublisher publisher;

	private final Signal signal;

	private final BatchEncoding<T> encoding;

	private volatile boolean shutDown;

	StreamExporter(StreamPublisher publisher, Signal signal, BatchEncoding<T> encoding) {
		this.publisher = publisher;
		this.signal = signal;
		this.encoding = encoding;
	}

	/**
	 * Hand a batch to the publisher.
	 * @return whether it was taken, at once: what comes next is the publisher's concern,
	 * and the SDK would wait for it with the next batch
	 */
	CompletableResultCode export(Collection<T> batch) {
		if (this.shutDown) {
			this.publisher.counters().addDropped(this.signal, DropReason.SHUTDOWN, batch.size());
			return CompletableResultCode.ofFailure();
		}
		return this.encoding.publish(batch) ? CompletableResultCode.ofSuccess() : CompletableResultCode.ofFailure();
	}

	CompletableResultCode flush() {
		return this.publisher.flush();
	}

	CompletableResultCode shutdown() {
		if (this.shutDown) {
			return CompletableResultCode.ofSuccess();
		}
		this.shutDown = true;
		return flush();
	}

}
