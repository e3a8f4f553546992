// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

import java.util.Locale;

/**
 * A kind of machine, in the words of Go.
 *
 * @param system the operating system: {@code linux}, {@code darwin}, {@code windows}
 * @param architecture the processor: {@code amd64}, {@code arm64}
 */
record Platform(String system, String architecture) {

	static Platform current() {
		return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
	}

	/**
	 * Translate Java's words. What is neither known nor renamed stays as it is, for the
	 * error message.
	 */
	static Platform of(String osName, String osArch) {
		String name = osName.toLowerCase(Locale.ROOT);
		String system = name.startsWith("mac") ? "darwin" : (name.startsWith("windows") ? "windows" : name);
		return new Platform(system, switch (osArch.toLowerCase(Locale.ROOT)) {
			case "x86_64", "amd64" -> "amd64";
			case "aarch64", "arm64" -> "arm64";
			default -> osArch;
		});
	}

	boolean isWindows() {
		return this.system.equals("windows");
	}

	String executable() {
		return isWindows() ? "nats-server.exe" : "nats-server";
	}

	@Override
	public String toString() {
		return this.system + "-" + this.architecture;
	}

}
