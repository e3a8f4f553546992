// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is asked of apt on machines that know the package, that have no lists yet, and
 * that are offline. In the place of apt are scripts, which note how they were called.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "There is no apt, and no script to take its place")
class DebianPackageTests {

	private static final String DOWNLOADS = "touch nats-server_2.9.10_amd64.deb";

	@TempDir
	private Path directory;

	@Test
	void downloadsAndUnpacksWithTheListsThatThereAre() throws IOException {
		Path program = fetch(DOWNLOADS);
		assertThat(program).isExecutable();
		assertThat(calls()).containsExactly("-q -o APT::Sandbox::User= download nats-server");
	}

	@Test
	void getsListsOfItsOwnWhereThereAreNone() throws IOException {
		Path program = fetch("""
				case "$*" in
				*Dir::State::lists=*update) touch lists ;;
				*Dir::State::lists=*download*) test -e lists && %s ;;
				*) echo "E: Unable to locate package nats-server"; exit 100 ;;
				esac""".formatted(DOWNLOADS));
		assertThat(program).isExecutable();
		assertThat(calls()).hasSize(3);
	}

	@Test
	void oneRepositoryThatCannotBeReachedNeedNotBeTheOne() throws IOException {
		assertThat(fetch("""
				case "$*" in
				*update) echo "E: Some index files failed to download."; exit 100 ;;
				*Dir::State::lists=*) %s ;;
				*) exit 100 ;;
				esac""".formatted(DOWNLOADS))).isExecutable();
	}

	@Test
	void saysWhatAptSays() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> fetch("""
				echo "Reading package lists..."
				case "$*" in *update) exit 0 ;; esac
				echo "E: Unable to locate package nats-server"
				exit 100""")).withMessageEndingWith("apt-get ended with 100: Unable to locate package nats-server");
	}

	@Test
	void saysWhyTheListsCouldNotBeHad() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> fetch("""
				case "$*" in *update) echo "E: Temporary failure resolving 'deb.debian.org'" ;; esac
				exit 100"""))
			.withMessageEndingWith("apt-get ended with 100: Temporary failure resolving 'deb.debian.org'");
	}

	/**
	 * Fetch with scripts.
	 * @param aptGet what apt-get does in the directory it is to download to
	 */
	private Path fetch(String aptGet) throws IOException {
		String apt = script("apt-get", "echo \"$*\" >> " + this.directory.resolve("calls") + "\n" + aptGet);
		String dpkg = script("dpkg-deb",
				"test -f $2 && mkdir -p $3/usr/sbin && echo '#!/bin/sh' > $3/usr/sbin/nats-server"
						+ " && chmod +x $3/usr/sbin/nats-server");
		return new DebianPackage(new Platform("linux", "amd64"), apt, dpkg)
			.fetch(Files.createTempDirectory(this.directory, "fetching-"));
	}

	private String script(String name, String content) throws IOException {
		Path script = Files.writeString(this.directory.resolve(name), "#!/bin/sh\n" + content + "\n");
		assertThat(script.toFile().setExecutable(true)).isTrue();
		return script.toString();
	}

	private Iterable<String> calls() throws IOException {
		return Files.readAllLines(this.directory.resolve("calls"));
	}

}
