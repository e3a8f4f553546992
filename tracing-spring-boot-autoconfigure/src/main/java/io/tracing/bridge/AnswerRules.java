// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Says what an answer means, by its status.
 */
final class AnswerRules {

	private final Signal signal;

	private final OtlpTarget target;

	AnswerRules(Signal signal, OtlpTarget target) {
		this.signal = signal;
		this.target = target;
	}

	/**
	 * Return what an answer means.
	 * @param status its status
	 * @param headers its headers
	 * @param body as much of its body as there is
	 * @param defect what is wrong with the rest, if something is
	 * @return the meaning
	 */
	SendResult result(int status, HttpHeaders headers, byte[] body, @Nullable String defect) {
		if (status >= 200 && status < 300) {
			return accepted(headers, body, defect);
		}
		if (status >= 300 && status < 400) {
			return new SendResult.Refused(reason(status, headers, body) + ". " + redirection(headers));
		}
		return switch (status) {
			case 408, 429, 502, 503, 504 ->
				new SendResult.Unavailable(reason(status, headers, body), retryAfter(headers));
			case 401, 403 -> new SendResult.Refused(
					reason(status, headers, body) + ". Check the credentials in " + properties("headers") + ".");
			case 404 -> new SendResult.Refused(reason(status, headers, body) + ". Check host, port and path in "
					+ properties("endpoint") + ", or leave '" + this.signal.text()
					+ "' out of tracing.bridge.signals if the backend takes none.");
			case 405 -> new SendResult.Refused(
					reason(status, headers, body) + ". Check host, port and path in " + properties("endpoint") + ".");
			case 407 -> new SendResult.Refused(reason(status, headers, body)
					+ ". Check the proxy of the JVM ('https.proxyHost', 'http.nonProxyHosts').");
			case 413 -> new SendResult.TooLarge(reason(status, headers, body));
			default -> other(status, headers, body);
		};
	}

	private SendResult other(int status, HttpHeaders headers, byte[] body) {
		if (status >= 500) {
			return new SendResult.Failed(reason(status, headers, body));
		}
		if (!this.target.endpoint().isEncrypted() && isFromEncryptedPort(headers, body)) {
			return new SendResult.Refused(
					reason(status, headers, body) + ". Write https:// in " + properties("endpoint") + ".");
		}
		return new SendResult.Rejected(reason(status, headers, body));
	}

	/**
	 * Whether the answer is how Go and nginx answer those who do not encrypt. It is a 400
	 * like that for bad data, and every record would be taken for one.
	 * @param headers the headers
	 * @param body the body
	 * @return whether the scheme is wrong, and not the data
	 */
	private static boolean isFromEncryptedPort(HttpHeaders headers, byte[] body) {
		if (contentType(headers).contains("protobuf")) {
			return false;
		}
		String text = new String(body, 0, Math.min(body.length, 1000), StandardCharsets.ISO_8859_1);
		return text.contains("HTTP request to an HTTPS server") || text.contains("HTTP request was sent to HTTPS port");
	}

	private SendResult accepted(HttpHeaders headers, byte[] body, @Nullable String defect) {
		if (defect != null) {
			return new SendResult.Accepted(0, defect);
		}
		String contentType = contentType(headers);
		if (body.length == 0 || !(contentType.isEmpty() || contentType.contains("protobuf"))) {
			return new SendResult.Accepted(0, null);
		}
		try {
			return accepted(body);
		}
		catch (InvalidProtocolBufferException ex) {
			return new SendResult.Accepted(0, "the body of the answer is no OTLP");
		}
	}

	private SendResult accepted(byte[] body) throws InvalidProtocolBufferException {
		return switch (this.signal) {
			case SPANS -> {
				ExportTracePartialSuccess partial = ExportTraceServiceResponse.parseFrom(body).getPartialSuccess();
				yield accepted(partial.getRejectedSpans(), partial.getErrorMessage());
			}
			case LOGS -> {
				ExportLogsPartialSuccess partial = ExportLogsServiceResponse.parseFrom(body).getPartialSuccess();
				yield accepted(partial.getRejectedLogRecords(), partial.getErrorMessage());
			}
			case METRICS -> {
				ExportMetricsPartialSuccess partial = ExportMetricsServiceResponse.parseFrom(body).getPartialSuccess();
				yield accepted(partial.getRejectedDataPoints(), partial.getErrorMessage());
			}
		};
	}

	private SendResult accepted(long rejected, String message) {
		return new SendResult.Accepted(Math.max(rejected, 0),
				BackendMessage.readable(this.target.withoutSecrets(message)));
	}

	private String reason(int status, HttpHeaders headers, byte[] body) {
		String answer = this.target.endpoint() + " answered " + status;
		// Secrets are taken out before the text is cut, which could leave a part of one.
		String message = BackendMessage.ofError(contentType(headers), body, this.target::withoutSecrets);
		return (message != null) ? answer + ": " + message : answer;
	}

	private String redirection(HttpHeaders headers) {
		String location = headers.firstValue("Location").map(OtlpEndpoint::printable).orElse(null);
		String readable = BackendMessage.readable(location);
		String mend = "Redirections are not followed, write the final URL in " + properties("endpoint");
		return (readable != null) ? mend + ": it points to " + this.target.withoutSecrets(readable) : mend + ".";
	}

	private String properties(String name) {
		return "tracing.bridge.%s or tracing.bridge.%s.%s".formatted(name, this.signal.text(), name);
	}

	private static @Nullable Duration retryAfter(HttpHeaders headers) {
		return RetryAfter.of(headers, Instant.now());
	}

	private static String contentType(HttpHeaders headers) {
		return headers.firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT);
	}

}
