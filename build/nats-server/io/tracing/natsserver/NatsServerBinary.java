// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Where nats-server is: what the setting says, else what the PATH has, else what was
 * fetched before, else what is fetched now into a folder of the user's cache.
 */
public final class NatsServerBinary {

	static final String PROPERTY = "nats.server.path";

	static final String VARIABLE = "NATS_SERVER_PATH";

	private static final String APT_GET = "apt-get";

	private static final String DPKG_DEB = "dpkg-deb";

	private static final String ADVICE = "Install nats-server 2.9.10 or newer (https://nats.io/download) so that it is on"
			+ " the PATH, or name the executable with -D" + PROPERTY + "=... or " + VARIABLE + "=...";

	private final Platform platform;

	private final @Nullable String setting;

	private final List<Path> directories;

	private final Path cache;

	private final List<Source> sources;

	NatsServerBinary(Platform platform, @Nullable String setting, List<Path> directories, Path cache,
			List<Source> sources) {
		this.platform = platform;
		this.setting = setting;
		this.directories = directories;
		this.cache = cache;
		this.sources = sources;
	}

	/**
	 * Find or fetch it, and say where it is. The build does this before its tests, so
	 * that it fails at once and with one line where there is none.
	 * @param args ignored
	 */
	public static void main(String[] args) {
		try {
			System.out.println("nats-server: " + locate((line) -> System.out.println("nats-server: " + line)));
		}
		catch (NatsServerMissingException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

	/**
	 * Find it, or fetch it if that has not been done before.
	 * @param progress hears a line before something is fetched, which takes seconds
	 * @return the executable
	 * @throws NatsServerMissingException if it can't be had
	 */
	public static Path locate(Consumer<String> progress) {
		return ofThisMachine().find(progress);
	}

	private static NatsServerBinary ofThisMachine() {
		Platform platform = Platform.current();
		Map<String, String> environment = System.getenv();
		List<Path> directories = searchPath(environment.getOrDefault("PATH", ""));
		List<Source> sources = new ArrayList<>();
		if (has(directories, APT_GET) && has(directories, DPKG_DEB)) {
			sources.add(new DebianPackage(platform, APT_GET, DPKG_DEB));
		}
		sources.add(new ReleaseArchive(platform, ReleaseArchive.DOWNLOADS, ReleaseArchive.CHECKSUMS));
		return new NatsServerBinary(platform, System.getProperty(PROPERTY, environment.get(VARIABLE)), directories,
				cache(platform, environment), sources);
	}

	/**
	 * The directories of the PATH and the one that Debian installs it to, which is only
	 * on root's.
	 */
	private static List<Path> searchPath(String path) {
		List<Path> directories = new ArrayList<>();
		for (String entry : path.split(Pattern.quote(File.pathSeparator))) {
			try {
				directories.add(Path.of(entry).toAbsolutePath());
			}
			catch (InvalidPathException ex) {
				// The shell looks past such an entry as well.
			}
		}
		directories.add(Path.of("/usr/sbin"));
		return directories;
	}

	private static boolean has(List<Path> directories, String program) {
		return directories.stream().anyMatch((directory) -> Files.isExecutable(directory.resolve(program)));
	}

	private static Path cache(Platform platform, Map<String, String> environment) {
		String root = environment.getOrDefault(platform.isWindows() ? "LOCALAPPDATA" : "XDG_CACHE_HOME", "");
		Path user = root.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(root);
		return user.resolve("tracing-spring-boot-starter");
	}

	Path find(Consumer<String> progress) {
		if (this.setting != null && !this.setting.isEmpty()) {
			return named(this.setting);
		}
		return Stream
			.concat(this.directories.stream().map((directory) -> directory.resolve(this.platform.executable())),
					this.sources.stream().map(this::cached))
			.filter(NatsServerBinary::isProgram)
			.findFirst()
			.orElseGet(() -> fetch(progress));
	}

	private static Path named(String setting) {
		Path path = Path.of(setting);
		if (!isProgram(path)) {
			throw new NatsServerMissingException("nats-server is missing: '" + setting + "', which " + PROPERTY + " or "
					+ VARIABLE + " names, is no executable file. Correct or remove that setting.");
		}
		return path;
	}

	private static boolean isProgram(Path path) {
		return Files.isRegularFile(path) && Files.isExecutable(path);
	}

	private Path cached(Source source) {
		return this.cache.resolve(source.cacheFolder()).resolve(this.platform.executable());
	}

	private Path fetch(Consumer<String> progress) {
		List<String> failures = new ArrayList<>();
		for (Source source : this.sources) {
			try {
				return fetch(source, progress);
			}
			catch (IOException ex) {
				failures.add(source.description() + " could not be fetched (" + reason(ex) + ")");
			}
		}
		throw new NatsServerMissingException("nats-server is missing: it is not on the PATH, and "
				+ String.join(", and ", failures) + ". " + ADVICE);
	}

	/**
	 * Two builds that do this at once each fetch their own and put it in place in one
	 * step, so that nobody ever sees half of it.
	 */
	private Path fetch(Source source, Consumer<String> progress) throws IOException {
		Path target = cached(source);
		progress.accept("fetching " + source.description() + " into " + target.getParent());
		Files.createDirectories(target.getParent());
		Path directory = Files.createTempDirectory(this.cache, "fetching-");
		try {
			Path fetched = source.fetch(directory);
			if (!isProgram(fetched)) {
				throw new IOException("it has no executable " + directory.relativize(fetched));
			}
			return moveUnlessThere(fetched, target);
		}
		finally {
			Directories.delete(directory);
		}
	}

	private static Path moveUnlessThere(Path fetched, Path target) throws IOException {
		try {
			return Files.move(fetched, target, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			// Windows does not replace a program that runs: another build was faster.
			if (isProgram(target)) {
				return target;
			}
			throw ex;
		}
	}

	private static String reason(IOException failure) {
		String message = failure.getMessage();
		if (message == null) {
			return failure.getClass().getSimpleName();
		}
		// All that most of these say is the name of the file.
		String kind = (failure instanceof FileSystemException) ? failure.getClass().getSimpleName() + " " : "";
		return kind + message.lines().findFirst().orElse(message);
	}

}
