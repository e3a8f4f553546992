// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

/**
 * How the export of a signal is going.
 */
public enum SignalState {

	/** The bridge was not started, or has been stopped. */
	STOPPED,

	/** NATS, the stream or the consumer is not there yet, or is not usable. */
	WAITING_FOR_STREAM,

	/** Records are exported as they come. */
	RUNNING,

	/** The backend can't be reached or is overloaded; tried again with growing waits. */
	RETRYING,

	/**
	 * The backend refuses, and will until the configuration changes; tried again now and
	 * then.
	 */
	PAUSED,

	/** Somebody has paused the bridge. */
	HALTED

}
