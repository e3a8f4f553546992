// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

/**
 * Says what it means that there was no answer. Nearly always the backend is away and will
 * be back; a certificate that nobody trusts will not mend itself.
 */
final class ExchangeFault {

	private final OtlpTarget target;

	ExchangeFault(OtlpTarget target) {
		this.target = target;
	}

	SendResult result(Throwable fault) {
		SSLException tls = cause(fault, SSLException.class);
		if (tls != null && isConfiguration(tls)) {
			return new SendResult.Refused(this.target.endpoint() + " and the bridge don't agree on TLS: "
					+ describe(tls) + ". Check tracing.bridge.ssl-bundle or OTEL_EXPORTER_OTLP_CERTIFICATE,"
					+ " OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY.");
		}
		if (cause(fault, UnresolvedAddressException.class) != null
				|| cause(fault, UnknownHostException.class) != null) {
			return unavailable("has a host name that is unknown here (check tracing.bridge.endpoint)");
		}
		if (cause(fault, HttpConnectTimeoutException.class) != null) {
			return unavailable("let no connection be made in time (if it is up, check tracing.bridge.endpoint)");
		}
		if (cause(fault, ConnectException.class) != null) {
			return unavailable("takes no connections (if it is up, check tracing.bridge.endpoint)");
		}
		return unavailable("gave no answer: " + describe(fault));
	}

	SendResult.Unavailable timeout() {
		return unavailable("gave no answer within %d ms".formatted(this.target.timeout().toMillis()));
	}

	private SendResult.Unavailable unavailable(String what) {
		String hint = this.target.endpoint().looksLikeGrpc()
				? ". Port 4317 is by custom that of OTLP over gRPC; OTLP over HTTP has 4318." : "";
		return new SendResult.Unavailable(this.target.endpoint() + " " + what + hint, null);
	}

	/**
	 * Whether the two sides disagree. A connection that breaks in the handshake is a
	 * fault of TLS too, caused by that of the connection.
	 * @param fault the fault
	 * @return whether it will be the same again
	 */
	private static boolean isConfiguration(SSLException fault) {
		for (Throwable cause = fault.getCause(); cause != null; cause = cause.getCause()) {
			if (cause instanceof IOException && !(cause instanceof SSLException)) {
				return false;
			}
		}
		return true;
	}

	private String describe(Throwable fault) {
		String message = BackendMessage.readable(fault.getMessage());
		return (message != null) ? this.target.withoutSecrets(message) : fault.getClass().getSimpleName();
	}

	private static <T> @Nullable T cause(Throwable fault, Class<T> type) {
		for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
			if (type.isInstance(cause)) {
				return type.cast(cause);
			}
		}
		return null;
	}

}
