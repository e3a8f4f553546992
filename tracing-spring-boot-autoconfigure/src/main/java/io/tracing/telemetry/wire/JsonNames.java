// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * The names of fields that were seen. The same few come again with every record, so most
 * are found here and need not be made. A name that takes the place of another costs that
 * one a new string, nothing else; so there is no lock, and a race does no harm: a string
 * is safe to share.
 */
final class JsonNames {

	private static final int SLOTS = 1024;

	private static final int MAX_LENGTH = 64;

	private static final @Nullable String[] NAMES = new String[SLOTS];

	private JsonNames() {
	}

	/**
	 * The string of some bytes of ASCII.
	 * @param bytes where the bytes are
	 * @param from the first
	 * @param to behind the last
	 * @param hash the hash of the bytes
	 */
	static String get(byte[] bytes, int from, int to, int hash) {
		int slot = (hash ^ hash >>> 15) & (SLOTS - 1);
		String known = NAMES[slot];
		if (known != null && isSame(known, bytes, from, to)) {
			return known;
		}
		String name = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
		if (name.length() <= MAX_LENGTH) {
			NAMES[slot] = name;
		}
		return name;
	}

	private static boolean isSame(String name, byte[] bytes, int from, int to) {
		if (name.length() != to - from) {
			return false;
		}
		for (int i = from; i < to; i++) {
			if (name.charAt(i - from) != bytes[i]) {
				return false;
			}
		}
		return true;
	}

}
