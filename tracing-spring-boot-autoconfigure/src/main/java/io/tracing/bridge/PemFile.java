// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file with certificates or a key in PEM form, and the option that names it.
 *
 * @param option the environment variable
 * @param file the path of the file
 */
record PemFile(String option, String file) {

	private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

	private static final Pattern OTHER_KEY = Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----");

	/**
	 * Read the certificates.
	 * @return at least one
	 * @throws InvalidOtlpOptionException if there is none
	 */
	Certificate[] certificates() {
		byte[] content = read().getBytes(StandardCharsets.ISO_8859_1);
		try {
			Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509")
				.generateCertificates(new ByteArrayInputStream(content));
			if (certificates.isEmpty()) {
				throw withoutCertificate();
			}
			return certificates.toArray(Certificate[]::new);
		}
		catch (CertificateException ex) {
			throw withoutCertificate();
		}
	}

	private InvalidOtlpOptionException withoutCertificate() {
		return invalid("the file has no certificate, or one that can't be read",
				"Write certificates in PEM form, between 'BEGIN CERTIFICATE' and 'END CERTIFICATE'.");
	}

	/**
	 * Read the private key.
	 * @param certificate the certificate of the key
	 * @return the key
	 * @throws InvalidOtlpOptionException if there is none, or one of another kind than
	 * that of the certificate
	 */
	PrivateKey privateKey(Certificate certificate) {
		String content = read();
		Matcher key = KEY.matcher(content);
		if (!key.find()) {
			throw withoutKey(content);
		}
		String algorithm = certificate.getPublicKey().getAlgorithm();
		try {
			byte[] encoded = Base64.getMimeDecoder().decode(key.group(1));
			return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
		}
		catch (GeneralSecurityException | IllegalArgumentException ex) {
			throw invalid("the file has no key of the kind " + algorithm + ", as the client's certificate has",
					"Give the key that the certificate was made for.");
		}
	}

	private InvalidOtlpOptionException withoutKey(String content) {
		Matcher other = OTHER_KEY.matcher(content);
		if (other.find()) {
			return invalid("the file has a key of the form '%s'".formatted(other.group(1)),
					"Convert it: openssl pkcs8 -topk8 -nocrypt -in <file> -out <new file>.");
		}
		return invalid("the file has no private key",
				"Write the key in PEM form, between 'BEGIN PRIVATE KEY' and 'END PRIVATE KEY'.");
	}

	private String read() {
		try {
			return Files.readString(Path.of(this.file), StandardCharsets.ISO_8859_1);
		}
		catch (NoSuchFileException ex) {
			throw invalid("there is no such file", "Give the path of a PEM file.");
		}
		catch (IOException | InvalidPathException ex) {
			throw invalid("the file can't be read (%s)".formatted(ex.getClass().getSimpleName()),
					"Give the path of a PEM file that this process may read.");
		}
	}

	private InvalidOtlpOptionException invalid(String reason, String mend) {
		return new InvalidOtlpOptionException(this.option, this.file, reason, mend);
	}

}
