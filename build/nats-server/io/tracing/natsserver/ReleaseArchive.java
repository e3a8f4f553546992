// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;

/**
 * The archive that the project releases for a platform. What does not have the pinned
 * checksum is not unpacked.
 */
final class ReleaseArchive implements Source {

	static final String VERSION = "2.14.5";

	static final URI DOWNLOADS = URI.create("https://github.com/nats-io/nats-server/releases/download/");

	/**
	 * SHA-256, of the release's own {@code SHA256SUMS}.
	 */
	static final Map<String, String> CHECKSUMS = Map.of("linux-amd64",
			"5e3b603d47c447bda1f77f9ac16dbf91c90aac4ff3681f8fbbc7201e4ed99355", "linux-arm64",
			"673a98d3faa79dde3f9ebf16d6dfac36a5f694e7ad2015e4954dd7939c85cd4c", "darwin-amd64",
			"f95c98d6b6ed2b63c5681b46b092c9585c99767d547cf495730c329234625e96", "darwin-arm64",
			"ddd907854d9a2de834af133fa396915fe6442fe6d8909ae31390d1ea7a0fea50", "windows-amd64",
			"f66f840a211ab665083b88e9b7edbcf6296cda143be47e53e6f6bb8520692bbb", "windows-arm64",
			"5e1d5a5df7dc5bd9189daf25b1eb286eafc62f5659cc44996bef9294e2f4c938");

	private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);

	private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(10);

	private final Platform platform;

	private final URI downloads;

	private final Map<String, String> checksums;

	ReleaseArchive(Platform platform, URI downloads, Map<String, String> checksums) {
		this.platform = platform;
		this.downloads = downloads;
		this.checksums = checksums;
	}

	@Override
	public String description() {
		return uri().toString();
	}

	@Override
	public String cacheFolder() {
		return "nats-server-" + VERSION + "-" + this.platform;
	}

	private String folder() {
		return "nats-server-v" + VERSION + "-" + this.platform;
	}

	private URI uri() {
		return this.downloads
			.resolve("v" + VERSION + "/" + folder() + (this.platform.isWindows() ? ".zip" : ".tar.gz"));
	}

	@Override
	public Path fetch(Path directory) throws IOException {
		String expected = this.checksums.get(this.platform.toString());
		if (expected == null) {
			throw new IOException("no archive for " + this.platform + " is known");
		}
		Path archive = directory.resolve("archive");
		download(archive);
		String actual = sha256(archive);
		if (!actual.equals(expected)) {
			throw new IOException("the checksum is " + actual + ", but must be " + expected);
		}
		String executable = folder() + "/" + this.platform.executable();
		Path unpacked = directory.resolve(this.platform.executable());
		if (this.platform.isWindows()) {
			unzip(archive, executable, unpacked);
			return unpacked;
		}
		Command.run(directory, List.of("tar", "-xzf", archive.toString(), executable));
		return directory.resolve(executable);
	}

	private void download(Path target) throws IOException {
		HttpClient client = HttpClient.newBuilder()
			.connectTimeout(CONNECT_LIMIT)
			.followRedirects(HttpClient.Redirect.NORMAL)
			.build();
		try {
			HttpResponse<Path> response = client.send(HttpRequest.newBuilder(uri()).timeout(DOWNLOAD_LIMIT).build(),
					HttpResponse.BodyHandlers.ofFile(target));
			if (response.statusCode() != 200) {
				throw new IOException("the server answered with status " + response.statusCode());
			}
		}
		catch (ConnectException ex) {
			throw new IOException("the server can't be reached", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("the download was interrupted");
		}
	}

	private static String sha256(Path file) throws IOException {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			try (InputStream stream = new DigestInputStream(Files.newInputStream(file), digest)) {
				stream.transferTo(OutputStream.nullOutputStream());
			}
			return HexFormat.of().formatHex(digest.digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256", ex);
		}
	}

	private static void unzip(Path archive, String entry, Path target) throws IOException {
		try (ZipFile zip = new ZipFile(archive.toFile())) {
			if (zip.getEntry(entry) == null) {
				throw new IOException("the archive has no " + entry);
			}
			try (InputStream stream = zip.getInputStream(zip.getEntry(entry))) {
				Files.copy(stream, target);
			}
		}
	}

}
