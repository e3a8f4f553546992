// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * In which order nats-server is looked for, and what happens where it is not. The
 * programs are scripts: nobody runs them here.
 */
class NatsServerBinaryTests {

	private static final Platform PLATFORM = new Platform("linux", "amd64");

	@TempDir
	private Path directory;

	private Path cache;

	private final List<String> progress = new ArrayList<>();

	@BeforeEach
	void nameTheCache() {
		this.cache = this.directory.resolve("cache");
	}

	@Test
	void settingWinsOverThePath() throws IOException {
		Path named = program("elsewhere/my-nats-server");
		Path onPath = program("bin/nats-server");
		assertThat(binary(named.toString(), onPath, works("deb")).find(this.progress::add)).isEqualTo(named);
	}

	@Test
	void settingThatNamesNoProgramIsAnErrorAndNotPassedOver() throws IOException {
		Path onPath = program("bin/nats-server");
		assertThatExceptionOfType(NatsServerMissingException.class)
			.isThrownBy(() -> binary("/no/such/program", onPath, works("deb")).find(this.progress::add))
			.withMessage("nats-server is missing: '/no/such/program', which nats.server.path or NATS_SERVER_PATH"
					+ " names, is no executable file. Correct or remove that setting.");
	}

	@Test
	void pathWinsOverTheCache() throws IOException {
		Path onPath = program("bin/nats-server");
		program("cache/deb/nats-server");
		assertThat(binary(null, onPath, works("deb")).find(this.progress::add)).isEqualTo(onPath);
	}

	@Test
	void whatWasFetchedIsNotFetchedAgain() throws IOException {
		Path cached = binary(null, null, works("deb")).find(this.progress::add);
		assertThat(cached).isEqualTo(this.cache.resolve("deb/nats-server")).isExecutable();
		assertThat(this.progress).containsExactly("fetching the deb into " + this.cache.resolve("deb"));
		assertThat(binary(null, null, fails("deb", "no network")).find(this.progress::add)).isEqualTo(cached);
		assertThat(this.progress).hasSize(1);
	}

	@Test
	void secondSourceIsTriedWhereTheFirstFails() throws IOException {
		assertThat(binary(null, null, fails("deb", "no network"), works("release")).find(this.progress::add))
			.isEqualTo(this.cache.resolve("release/nats-server"));
	}

	@Test
	void oneLineSaysWhatIsMissingAndHowToGetIt() {
		assertThatExceptionOfType(NatsServerMissingException.class)
			.isThrownBy(() -> binary(null, null, fails("deb", "no network"), fails("release", "status 404\nmore"))
				.find(this.progress::add))
			.withMessage("nats-server is missing: it is not on the PATH, and the deb could not be fetched (no network),"
					+ " and the release could not be fetched (status 404). Install nats-server 2.9.10 or newer"
					+ " (https://nats.io/download) so that it is on the PATH, or name the executable with"
					+ " -Dnats.server.path=... or NATS_SERVER_PATH=...");
	}

	@Test
	void failureLeavesNothingInTheCache() throws IOException {
		assertThatExceptionOfType(NatsServerMissingException.class)
			.isThrownBy(() -> binary(null, null, fails("deb", "no network")).find(this.progress::add));
		try (Stream<Path> files = Files.walk(this.cache)) {
			assertThat(files.filter(Files::isRegularFile)).isEmpty();
		}
	}

	@Test
	void cacheThatCannotBeWrittenIsNamed() throws IOException {
		Files.createFile(this.cache);
		assertThatExceptionOfType(NatsServerMissingException.class)
			.isThrownBy(() -> binary(null, null, works("deb")).find(this.progress::add))
			.withMessageContaining("(FileSystemException " + this.cache);
	}

	@Test
	void buildsThatFetchAtOnceGetOneWholeProgram() throws Exception {
		int builds = 8;
		CyclicBarrier together = new CyclicBarrier(builds);
		NatsServerBinary binary = binary(null, null, new StubSource("deb", (target) -> {
			await(together);
			write(target);
		}));
		ExecutorService executor = Executors.newFixedThreadPool(builds);
		try {
			List<Future<Path>> found = new ArrayList<>();
			for (int i = 0; i < builds; i++) {
				found.add(executor.submit(() -> binary.find((line) -> {
				})));
			}
			for (Future<Path> path : found) {
				assertThat(path.get(20, TimeUnit.SECONDS)).isEqualTo(this.cache.resolve("deb/nats-server"))
					.isExecutable()
					.hasContent("#!/bin/sh");
			}
		}
		finally {
			executor.shutdownNow();
		}
		try (Stream<Path> entries = Files.list(this.cache)) {
			assertThat(entries).containsExactly(this.cache.resolve("deb"));
		}
	}

	private NatsServerBinary binary(@Nullable String setting, @Nullable Path onPath, Source... sources) {
		List<Path> path = (onPath != null) ? List.of(this.directory, onPath.getParent()) : List.of(this.directory);
		return new NatsServerBinary(PLATFORM, setting, path, this.cache, List.of(sources));
	}

	private Path program(String name) throws IOException {
		Path program = this.directory.resolve(name);
		Files.createDirectories(program.getParent());
		write(program);
		return program;
	}

	private static void write(Path program) throws IOException {
		Files.writeString(program, "#!/bin/sh");
		assertThat(program.toFile().setExecutable(true)).isTrue();
	}

	private static void await(CyclicBarrier together) throws IOException {
		try {
			together.await(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IOException(ex);
		}
	}

	private static Source works(String name) {
		return new StubSource(name, NatsServerBinaryTests::write);
	}

	private static Source fails(String name, String reason) {
		return new StubSource(name, (target) -> {
			throw new IOException(reason);
		});
	}

	/**
	 * Writes a program, or fails to.
	 */
	private record StubSource(String name, Writer writer) implements Source {

		@Override
		public String description() {
			return "the " + this.name;
		}

		@Override
		public String cacheFolder() {
			return this.name;
		}

		@Override
		public Path fetch(Path directory) throws IOException {
			Path target = directory.resolve("fetched");
			this.writer.write(target);
			return target;
		}

	}

	@FunctionalInterface
	private interface Writer {

		void write(Path target) throws IOException;

	}

}
