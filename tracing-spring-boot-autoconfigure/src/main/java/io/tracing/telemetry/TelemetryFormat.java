// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

/**
 * What a message on the stream looks like.
 */
public enum TelemetryFormat {

	/**
	 * The binary export request of OTLP, as it would be POSTed: one message for each
	 * exported batch. Nothing is lost, and the bridge sends it on as it is.
	 */
	OTLP,

	/**
	 * The JSON records of DagNats: one message for each span, log record and data point.
	 * They have no room for links, scopes, units and resource attributes but the service.
	 */
	DAGNATS

}
