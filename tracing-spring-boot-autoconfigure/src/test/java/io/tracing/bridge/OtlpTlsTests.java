// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.HashMap;
import java.util.Map;

import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.OtlpReceiver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * TLS with the certificates of environment variables, against a receiver that has one of
 * a private authority.
 */
class OtlpTlsTests {

	@Test
	void backendWithATrustedCertificateIsTrusted() throws InterruptedException {
		try (OtlpReceiver backend = OtlpReceiver.start(TlsFiles.server(), false)) {
			assertThat(send(backend, Map.of("CERTIFICATE", "ca.pem"))).isEqualTo(new SendResult.Accepted(0, null));
			assertThat(backend.spans()).hasSize(1);
		}
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "-", "other-ca.pem" })
	void backendWithAnUntrustedCertificateIsAMatterOfConfiguration(String trusted) throws InterruptedException {
		try (OtlpReceiver backend = OtlpReceiver.start(TlsFiles.server(), false)) {
			assertThat(send(backend, (trusted != null) ? Map.of("CERTIFICATE", trusted) : Map.of()))
				.isInstanceOfSatisfying(SendResult.Refused.class,
						(refused) -> assertThat(refused.reason())
							.startsWith(backend.url() + "/v1/traces and the bridge don't agree on TLS: ")
							.contains("certification path")
							.contains(" Check tracing.bridge.ssl-bundle or OTEL_EXPORTER_OTLP_CERTIFICATE"));
		}
	}

	@Test
	void clientAppearsWithItsCertificate() throws InterruptedException {
		try (OtlpReceiver backend = OtlpReceiver.start(TlsFiles.server(), true)) {
			assertThat(send(backend, Map.of("CERTIFICATE", "ca.pem", "CLIENT_KEY", "client-key.pem",
					"CLIENT_CERTIFICATE", "client.pem")))
				.isEqualTo(new SendResult.Accepted(0, null));
		}
	}

	@Test
	void signalHasCertificatesOfItsOwn() throws InterruptedException {
		try (OtlpReceiver backend = OtlpReceiver.start(TlsFiles.server(), true)) {
			assertThat(send(backend,
					Map.of("CERTIFICATE", "other-ca.pem", "TRACES_CERTIFICATE", "ca.pem", "CLIENT_KEY",
							"client-key.pem", "TRACES_CLIENT_CERTIFICATE", "client.pem", "CLIENT_CERTIFICATE",
							"server.pem", "LOGS_CLIENT_KEY", "server-key.pem", "METRICS_CLIENT_KEY", "server-key.pem")))
				.isEqualTo(new SendResult.Accepted(0, null));
		}
	}

	@Test
	void missingClientCertificateIsNeverAGoodAnswer() throws InterruptedException {
		try (OtlpReceiver backend = OtlpReceiver.start(TlsFiles.server(), true)) {
			// With TLS 1.3 the backend says so after the handshake, if it is heard at
			// all.
			assertThat(send(backend, Map.of("CERTIFICATE", "ca.pem"))).isInstanceOfAny(SendResult.Refused.class,
					SendResult.Unavailable.class);
			assertThat(backend.count(Signal.SPANS)).isZero();
		}
	}

	@Test
	void encryptionToAPlainPortIsAMatterOfConfiguration() throws InterruptedException {
		try (OtlpReceiver backend = OtlpReceiver.start()) {
			String url = "https://localhost:" + backend.port();
			assertThat(send(url, Map.of())).isInstanceOf(SendResult.Refused.class);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"CERTIFICATE | server-key.pem | the file has no certificate, or one that can't be read",
			"CLIENT_KEY | client.pem | the file has no private key",
			"CLIENT_KEY | sec1-key.pem | the file has a key of the form 'EC PRIVATE KEY'",
			"CLIENT_KEY | server-key.pem | the file has no key of the kind RSA, as the client's certificate has",
			"CLIENT_CERTIFICATE | README.md | the file has no certificate, or one that can't be read" })
	void fileThatCannotBeUsedIsNamed(String variable, String name, String reason) {
		Map<String, String> files = new HashMap<>(
				Map.of("CLIENT_KEY", "client-key.pem", "CLIENT_CERTIFICATE", "client.pem"));
		files.put(variable, name);
		assertThatExceptionOfType(InvalidOtlpOptionException.class).isThrownBy(() -> options("https://a:1", files))
			.satisfies((ex) -> {
				assertThat(ex.option()).isEqualTo("OTEL_EXPORTER_OTLP_" + variable);
				assertThat(ex.value()).isEqualTo(TlsFiles.path(name));
				assertThat(ex.reason()).isEqualTo(reason);
				assertThat(ex.mend()).isNotEmpty();
			});
	}

	@Test
	void fileThatIsMissingIsNamed() {
		OtlpEnvironment environment = new OtlpEnvironment(Map.of("OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE", "no/ca.pem"));
		assertThatExceptionOfType(InvalidOtlpOptionException.class)
			.isThrownBy(() -> environment.applyTo(OtlpHttpOptions.builder()))
			.withMessage("OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE=no/ca.pem is invalid because there is no such file."
					+ " Give the path of a PEM file.");
	}

	@ParameterizedTest
	@CsvSource({ "CLIENT_KEY, client-key.pem, CLIENT_CERTIFICATE", "CLIENT_CERTIFICATE, client.pem, CLIENT_KEY" })
	void keyAndCertificateGoTogether(String variable, String name, String missing) {
		assertThatExceptionOfType(InvalidOtlpOptionException.class)
			.isThrownBy(() -> options("https://a:1", Map.of(variable, name)))
			.satisfies((ex) -> {
				assertThat(ex.option()).isEqualTo("OTEL_EXPORTER_OTLP_" + variable);
				assertThat(ex.mend()).isEqualTo("Set OTEL_EXPORTER_OTLP_" + missing + " as well.");
			});
	}

	private static SendResult send(OtlpReceiver backend, Map<String, String> files) throws InterruptedException {
		return send(backend.url(), files);
	}

	private static SendResult send(String url, Map<String, String> files) throws InterruptedException {
		try (OtlpHttpSender sender = new OtlpHttpSender(options(url, files))) {
			return sender.send(Signal.SPANS, OtlpRequests.of(Signal.SPANS));
		}
	}

	private static OtlpHttpOptions options(String url, Map<String, String> files) {
		Map<String, String> variables = new HashMap<>();
		files.forEach((name, file) -> variables.put("OTEL_EXPORTER_OTLP_" + name, TlsFiles.path(file)));
		OtlpHttpOptionsBuilder builder = OtlpHttpOptions.builder().endpoint(url);
		new OtlpEnvironment(variables).applyTo(builder);
		return builder.build();
	}

}
