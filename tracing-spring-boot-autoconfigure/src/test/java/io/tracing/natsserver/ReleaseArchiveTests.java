// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Downloads archives like the released ones from a server of this JVM.
 */
class ReleaseArchiveTests {

	private static final Platform LINUX = new Platform("linux", "amd64");

	private static final Platform WINDOWS = new Platform("windows", "amd64");

	@TempDir
	private Path directory;

	private HttpServer server;

	@BeforeEach
	void startServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.start();
	}

	@AfterEach
	void stopServer() {
		this.server.stop(0);
	}

	@Test
	void unpacksTheProgramOfAnArchive() throws Exception {
		byte[] archive = tarGz();
		serve("/v2.14.5/nats-server-v2.14.5-linux-amd64.tar.gz", archive);
		Path program = archive(LINUX, sha256(archive)).fetch(empty());
		assertThat(program).isExecutable().hasContent("#!/bin/sh");
	}

	@Test
	void unpacksTheProgramOfAnArchiveForWindows() throws Exception {
		byte[] archive = zip();
		serve("/v2.14.5/nats-server-v2.14.5-windows-amd64.zip", archive);
		Path program = archive(WINDOWS, sha256(archive)).fetch(empty());
		assertThat(program).hasFileName("nats-server.exe").hasContent("program");
	}

	@Test
	void followsTheRedirectToWhereTheFilesAre() throws Exception {
		byte[] archive = tarGz();
		serve("/elsewhere", archive);
		this.server.createContext("/v2.14.5/", (exchange) -> {
			exchange.getResponseHeaders().set("Location", "/elsewhere");
			exchange.sendResponseHeaders(302, -1);
			exchange.close();
		});
		assertThat(archive(LINUX, sha256(archive)).fetch(empty())).isExecutable();
	}

	@Test
	void doesNotUnpackWhatHasAnotherChecksum() throws Exception {
		byte[] archive = tarGz();
		serve("/v2.14.5/nats-server-v2.14.5-linux-amd64.tar.gz", archive);
		Path target = empty();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> archive(LINUX, "0".repeat(64)).fetch(target))
			.withMessage("the checksum is " + sha256(archive) + ", but must be " + "0".repeat(64));
		assertThat(target.resolve("nats-server-v2.14.5-linux-amd64")).doesNotExist();
	}

	@Test
	void saysWhatTheServerAnswered() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> archive(LINUX, "any").fetch(empty()))
			.withMessage("the server answered with status 404");
	}

	@Test
	void saysThatTheServerCannotBeReached() {
		URI nobody = uri();
		this.server.stop(0);
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> new ReleaseArchive(LINUX, nobody, Map.of("linux-amd64", "any")).fetch(empty()))
			.withMessage("the server can't be reached");
	}

	@Test
	void knowsNoArchiveForAnUnknownPlatform() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> archive(Platform.of("Plan 9", "vax"), "any").fetch(empty()))
			.withMessage("no archive for plan 9-vax is known");
	}

	@Test
	void translatesTheNamesOfPlatforms() {
		assertThat(Platform.of("Linux", "amd64")).hasToString("linux-amd64");
		assertThat(Platform.of("Linux", "aarch64")).hasToString("linux-arm64");
		assertThat(Platform.of("Mac OS X", "x86_64")).hasToString("darwin-amd64");
		assertThat(Platform.of("Mac OS X", "aarch64")).hasToString("darwin-arm64");
		assertThat(Platform.of("Windows 11", "amd64")).hasToString("windows-amd64");
	}

	private ReleaseArchive archive(Platform platform, String checksum) {
		return new ReleaseArchive(platform, uri(), Map.of("linux-amd64", checksum, "windows-amd64", checksum));
	}

	private URI uri() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + "/");
	}

	private void serve(String path, byte[] body) {
		this.server.createContext(path, (exchange) -> {
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
	}

	private Path empty() throws IOException {
		return Files.createTempDirectory(this.directory, "fetching-");
	}

	private byte[] tarGz() throws IOException {
		Path folder = Files.createDirectories(this.directory.resolve("nats-server-v2.14.5-linux-amd64"));
		Path program = Files.writeString(folder.resolve("nats-server"), "#!/bin/sh");
		assertThat(program.toFile().setExecutable(true)).isTrue();
		Files.writeString(folder.resolve("README.md"), "Read me");
		Path archive = this.directory.resolve("archive.tar.gz");
		Command.run(this.directory, List.of("tar", "-czf", archive.toString(), folder.getFileName().toString()));
		return Files.readAllBytes(archive);
	}

	private static byte[] zip() throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
			zip.putNextEntry(new ZipEntry("nats-server-v2.14.5-windows-amd64/nats-server.exe"));
			zip.write("program".getBytes(StandardCharsets.UTF_8));
		}
		return bytes.toByteArray();
	}

	private static String sha256(byte[] content) throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
	}

}
