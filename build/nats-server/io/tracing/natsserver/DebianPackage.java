// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The package of Debian, Ubuntu and their kind, taken apart instead of installed. That
 * needs no root, starts no service, and apt checks the signature.
 */
final class DebianPackage implements Source {

	private static final String NAME = "nats-server";

	private final Platform platform;

	private final String aptGet;

	private final String dpkgDeb;

	DebianPackage(Platform platform, String aptGet, String dpkgDeb) {
		this.platform = platform;
		this.aptGet = aptGet;
		this.dpkgDeb = dpkgDeb;
	}

	@Override
	public String description() {
		return "the Debian package " + NAME;
	}

	@Override
	public String cacheFolder() {
		return NAME + "-deb-" + this.platform;
	}

	@Override
	public Path fetch(Path directory) throws IOException {
		Path download = Files.createDirectories(directory.resolve("download"));
		Path files = Files.createDirectories(directory.resolve("files"));
		try {
			// What apt knows already is enough on most machines.
			Command.run(download, aptGet(List.of(), "download", NAME));
		}
		catch (IOException ex) {
			downloadWithOwnLists(directory, download);
		}
		try (DirectoryStream<Path> packages = Files.newDirectoryStream(download, NAME + "*.deb")) {
			for (Path file : packages) {
				Command.run(directory, List.of(this.dpkgDeb, "-x", file.toString(), files.toString()));
			}
		}
		return files.resolve("usr/sbin/" + NAME);
	}

	/**
	 * A fresh image has no package lists, and only root could update them where they
	 * belong.
	 */
	private void downloadWithOwnLists(Path directory, Path download) throws IOException {
		Path state = Files.createDirectories(directory.resolve("state"));
		Path lists = Files.createDirectories(state.resolve("lists/partial")).getParent();
		Path cache = Files.createDirectories(directory.resolve("cache/archives/partial")).getParent().getParent();
		List<String> own = List.of("-o", "Dir::State=" + state, "-o", "Dir::State::lists=" + lists, "-o",
				"Dir::Cache=" + cache);
		IOException staleLists = null;
		try {
			Command.run(download, aptGet(own, "update"));
		}
		catch (IOException ex) {
			// One repository of many that can't be reached need not be the one.
			staleLists = ex;
		}
		try {
			Command.run(download, aptGet(own, "download", NAME));
		}
		catch (IOException ex) {
			throw (staleLists != null) ? staleLists : ex;
		}
	}

	private List<String> aptGet(List<String> options, String... arguments) {
		List<String> command = new ArrayList<>(List.of(this.aptGet, "-q"));
		// Without it root's apt gives its rights away, to a user who can't write here.
		command.addAll(List.of("-o", "APT::Sandbox::User="));
		command.addAll(options);
		command.addAll(List.of(arguments));
		return command;
	}

}
