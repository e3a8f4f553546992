// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/**
 * Changes bytes here and there.
 */
final class Mutation {

	private Mutation() {
	}

	/**
	 * Change one to three places.
	 * @param body the bytes, which stay as they are
	 * @param random chooses
	 * @return other bytes
	 */
	static byte[] apply(byte[] body, Random random) {
		byte[] mutant = body.clone();
		for (int left = random.nextInt(3); left >= 0 && mutant.length > 0; left--) {
			mutant = once(mutant, random);
		}
		return mutant;
	}

	private static byte[] once(byte[] body, Random random) {
		int at = random.nextInt(body.length);
		int end = Math.min(body.length, at + 1 + random.nextInt(8));
		return switch (random.nextInt(5)) {
			case 0 -> with(body, at, (byte) (body[at] ^ (1 << random.nextInt(8))));
			case 1 -> with(body, at, (byte) random.nextInt(256));
			// Without them.
			case 2 -> join(body, at, body, end, 0);
			// With them twice.
			case 3 -> join(body, end, body, at, 0);
			// With something between them.
			default -> join(body, at, body, at, 1 + random.nextInt(4));
		};
	}

	private static byte[] with(byte[] body, int at, byte value) {
		byte[] mutant = body.clone();
		mutant[at] = value;
		return mutant;
	}

	private static byte[] join(byte[] head, int headEnd, byte[] tail, int tailStart, int between) {
		ByteArrayOutputStream mutant = new ByteArrayOutputStream(headEnd + tail.length - tailStart + between);
		mutant.write(head, 0, headEnd);
		mutant.writeBytes(new byte[between]);
		mutant.write(tail, tailStart, tail.length - tailStart);
		return mutant.toByteArray();
	}

}
