// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

import javax.net.ssl.SSLContext;

/**
 * The certificates of the tests.
 */
final class TlsFiles {

	private TlsFiles() {
	}

	static String path(String name) {
		URL url = Objects.requireNonNull(TlsFiles.class.getResource("/tls/" + name), name);
		try {
			return Path.of(url.toURI()).toString();
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return what a backend needs that trusts the client's certificate.
	 * @return its certificate and key
	 */
	static SSLContext server() {
		return new PemCertificates(file("ca.pem"), file("server-key.pem"), file("server.pem")).sslContext();
	}

	private static PemFile file(String name) {
		return new PemFile("server", path(name));
	}

}
