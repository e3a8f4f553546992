// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

/**
 * How the span that processes a single message relates to the span that sent it. It links
 * to it in either case.
 */
public enum ConsumerParent {

	/** The process span is a child of the send span: one trace from end to end. */
	PRODUCER,

	/**
	 * The process span is the root of a new trace that only links to the send span. It is
	 * sampled on its own.
	 */
	LINK

}
