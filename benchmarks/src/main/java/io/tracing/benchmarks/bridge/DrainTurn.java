// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

/**
 * What draining the stream once has shown.
 *
 * @param perSecond records or messages a second
 * @param micros how long the draining process has kept processors busy
 * @param serverMicros the same of the nats-server
 * @param backendMicros the same of the backend
 * @param heap the most that was on its heap, until now
 */
record DrainTurn(double perSecond, double micros, double serverMicros, double backendMicros, double heap) {

	/**
	 * Read what a draining process says.
	 */
	static DrainTurn of(String answer) {
		String[] words = answer.split(" ");
		return new DrainTurn(Double.parseDouble(words[0]), Double.parseDouble(words[1]), 0, 0,
				Double.parseDouble(words[2]));
	}

	DrainTurn with(double serverMicros, double backendMicros) {
		return new DrainTurn(this.perSecond, this.micros, serverMicros, backendMicros, this.heap);
	}

}
