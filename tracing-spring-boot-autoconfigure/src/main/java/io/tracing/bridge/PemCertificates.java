// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * The PEM files of one backend.
 *
 * @param trusted whom to trust, in place of those the JVM trusts
 * @param clientKey the key to appear with
 * @param clientCertificate the certificate of that key, and those that vouch for it
 */
record PemCertificates(@Nullable PemFile trusted, @Nullable PemFile clientKey, @Nullable PemFile clientCertificate) {

	// The stores never leave this memory.
	private static final char[] NO_PASSWORD = {};

	boolean areThere() {
		return this.trusted != null || this.clientKey != null || this.clientCertificate != null;
	}

	/**
	 * Read the files.
	 * @return what they say
	 * @throws InvalidOtlpOptionException if one of them can't be used
	 */
	SSLContext sslContext() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keyManagers(), trustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException("This JVM can't do TLS with PEM files", ex);
		}
	}

	private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
		if (this.trusted == null) {
			return null;
		}
		KeyStore store = emptyStore();
		int number = 0;
		for (Certificate certificate : this.trusted.certificates()) {
			store.setCertificateEntry("trusted-" + number++, certificate);
		}
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init(store);
		return factory.getTrustManagers();
	}

	private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
		if (this.clientKey == null && this.clientCertificate == null) {
			return null;
		}
		if (this.clientCertificate == null) {
			throw alone(this.clientKey, "certificate", "CLIENT_CERTIFICATE");
		}
		if (this.clientKey == null) {
			throw alone(this.clientCertificate, "key", "CLIENT_KEY");
		}
		Certificate[] chain = this.clientCertificate.certificates();
		KeyStore store = emptyStore();
		store.setKeyEntry("client", this.clientKey.privateKey(chain[0]), NO_PASSWORD, chain);
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(store, NO_PASSWORD);
		return factory.getKeyManagers();
	}

	private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, NO_PASSWORD);
		return store;
	}

	private static InvalidOtlpOptionException alone(@Nullable PemFile file, String missing, String variable) {
		String option = (file != null) ? file.option() : "";
		String path = (file != null) ? file.file() : "";
		return new InvalidOtlpOptionException(option, path, "no client's " + missing + " goes with it",
				"Set OTEL_EXPORTER_OTLP_%s as well.".formatted(variable));
	}

}
