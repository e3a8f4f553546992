// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;

import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * The <a href= "https://opentelemetry.io/docs/specs/otel/protocol/exporter/">environment
 * variables</a> that every OpenTelemetry exporter has. Those that are empty count as not
 * set.
 */
public final class OtlpEnvironment {

	private static final String PREFIX = "OTEL_EXPORTER_OTLP_";

	private static final Pattern MILLISECONDS = Pattern.compile("0*[1-9]\\d{0,9}");

	private final Map<String, String> variables;

	/**
	 * Create a new instance.
	 * @param variables the environment, such as {@code System.getenv()}
	 */
	public OtlpEnvironment(Map<String, String> variables) {
		this.variables = variables;
	}

	/**
	 * Set all options that the environment has a say about. Options that are set after
	 * this win over the environment.
	 * @param builder what to set them in
	 * @throws InvalidOtlpOptionException if a variable can't have its value; it is named
	 */
	public void applyTo(OtlpHttpOptionsBuilder builder) {
		set("ENDPOINT", builder::endpoint);
		set("HEADERS", (value) -> builder.headers(headers(value)));
		set("TIMEOUT", (value) -> builder.timeout(timeout(value)));
		set("COMPRESSION", (value) -> builder.gzip(gzip(value)));
		Map<PemCertificates, SSLContext> sslContexts = new HashMap<>();
		for (Signal signal : Signal.values()) {
			set(signal, "ENDPOINT", builder::endpoint);
			set(signal, "HEADERS", (key, value) -> builder.headers(key, headers(value)));
			set(signal, "TIMEOUT", (key, value) -> builder.timeout(key, timeout(value)));
			set(signal, "COMPRESSION", (key, value) -> builder.gzip(key, gzip(value)));
			PemCertificates certificates = certificates(signal);
			if (certificates.areThere()) {
				builder.sslContext(signal, sslContexts.computeIfAbsent(certificates, PemCertificates::sslContext));
			}
		}
	}

	/**
	 * Return what the environment asks for in vain: the only protocol is
	 * {@code http/protobuf}.
	 * @return a sentence for each variable that is ignored
	 */
	public List<String> warnings() {
		List<String> warnings = new ArrayList<>();
		warnAboutProtocol(PREFIX, warnings);
		for (Signal signal : Signal.values()) {
			warnAboutProtocol(prefix(signal), warnings);
		}
		return warnings;
	}

	private void warnAboutProtocol(String prefix, List<String> warnings) {
		String protocol = value(prefix + "PROTOCOL");
		if (protocol != null && !protocol.equalsIgnoreCase("http/protobuf")) {
			warnings.add("%sPROTOCOL=%s is ignored: the bridge sends http/protobuf. The endpoint must be one of OTLP"
				.formatted(prefix, protocol)
					+ " over HTTP, which by custom has port 4318; set tracing.bridge.endpoint if %sENDPOINT is not."
						.formatted(prefix));
		}
	}

	private void set(String name, Consumer<String> option) {
		apply(PREFIX + name, option);
	}

	private void set(Signal signal, String name, BiConsumer<Signal, String> option) {
		apply(prefix(signal) + name, (value) -> option.accept(signal, value));
	}

	private void apply(String variable, Consumer<String> option) {
		String value = value(variable);
		if (value != null) {
			try {
				option.accept(value);
			}
			catch (InvalidOtlpOptionException ex) {
				throw ex.named(variable);
			}
		}
	}

	private PemCertificates certificates(Signal signal) {
		return new PemCertificates(pemFile(signal, "CERTIFICATE"), pemFile(signal, "CLIENT_KEY"),
				pemFile(signal, "CLIENT_CERTIFICATE"));
	}

	private @Nullable PemFile pemFile(Signal signal, String name) {
		PemFile file = pemFile(prefix(signal) + name);
		return (file != null) ? file : pemFile(PREFIX + name);
	}

	private @Nullable PemFile pemFile(String variable) {
		String file = value(variable);
		return (file != null) ? new PemFile(variable, file) : null;
	}

	private static String prefix(Signal signal) {
		return PREFIX + switch (signal) {
			case SPANS -> "TRACES_";
			case LOGS -> "LOGS_";
			case METRICS -> "METRICS_";
		};
	}

	private @Nullable String value(String variable) {
		String value = this.variables.get(variable);
		return (value != null && !value.isBlank()) ? value.trim() : null;
	}

	private static Duration timeout(String value) {
		if (!MILLISECONDS.matcher(value).matches()) {
			throw new InvalidOtlpOptionException("timeout", value, "it is no number of milliseconds above zero",
					"Write 10000 for ten seconds.");
		}
		return Duration.ofMillis(Long.parseLong(value));
	}

	private static boolean gzip(String value) {
		return switch (value.toLowerCase(Locale.ROOT)) {
			case "gzip" -> true;
			case "none" -> false;
			default -> throw new InvalidOtlpOptionException("compression", value,
					"the bridge knows no such compression", "Write 'gzip' or 'none'.");
		};
	}

	private static Map<String, String> headers(String value) {
		Map<String, String> headers = new LinkedHashMap<>();
		for (String entry : value.split(",")) {
			int equals = entry.indexOf('=');
			if (equals > 0) {
				headers.put(decode(entry.substring(0, equals).trim()), decode(entry.substring(equals + 1).trim()));
			}
			else if (!entry.isBlank()) {
				throw new InvalidOtlpOptionException("headers", "(not shown)", "it has an entry without a name or '='",
						"Write name=value,name2=value2 and a comma in a value as %2C.");
			}
		}
		return headers;
	}

	/**
	 * Decode what is percent-encoded. A plus is no space here, and a percent sign that
	 * encodes nothing stands for itself: both are common in tokens.
	 * @param text the text
	 * @return the text that was meant
	 */
	private static String decode(String text) {
		ByteArrayOutputStream decoded = new ByteArrayOutputStream();
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		for (int index = 0; index < bytes.length; index++) {
			int high = (bytes[index] == '%' && index + 2 < bytes.length) ? Character.digit(bytes[index + 1], 16) : -1;
			int low = (high >= 0) ? Character.digit(bytes[index + 2], 16) : -1;
			decoded.write((low >= 0) ? (high << 4) + low : bytes[index]);
			index += (low >= 0) ? 2 : 0;
		}
		return decoded.toString(StandardCharsets.UTF_8);
	}

}
