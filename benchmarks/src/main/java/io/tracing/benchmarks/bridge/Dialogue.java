// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The side of a process that was started by another, which asks it line by line.
 */
final class Dialogue {

	/** What answers begin with, unlike what is logged. */
	static final String ANSWER = "@";

	private Dialogue() {
	}

	/**
	 * Answer until the other side ends.
	 * @param greeting said first
	 * @param conversation answers
	 */
	static void run(String greeting, Conversation conversation) throws IOException {
		System.out.println(ANSWER + greeting);
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			try {
				System.out.println(ANSWER + conversation.answer(line));
			}
			catch (Exception ex) {
				throw new IllegalStateException("'" + line + "' failed", ex);
			}
		}
	}

	/** Answers a line with a line. */
	interface Conversation {

		String answer(String command) throws Exception;

	}

}
