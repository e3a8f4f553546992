// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.natsserver;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Somewhere that nats-server can be fetched from.
 */
interface Source {

	/**
	 * Return what it is fetched from, as a reader of the build's output would call it.
	 */
	String description();

	/**
	 * Return the folder of the cache that what is fetched goes to.
	 */
	String cacheFolder();

	/**
	 * Fetch it.
	 * @param directory an empty directory for whatever it takes
	 * @return the executable, somewhere in the directory
	 * @throws IOException if it can't be had; the message is one line
	 */
	Path fetch(Path directory) throws IOException;

}
