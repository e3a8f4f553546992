// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

/**
 * Hears of every step that takes long.
 */
interface Progress {

	/** Hears nothing. */
	Progress NONE = new Progress() {

		@Override
		public void begin(String step) {
		}

		@Override
		public void remark(String step, String text) {
		}

		@Override
		public void end(String step, String result) {
		}

	};

	/**
	 * A step begins.
	 * @param step its name
	 */
	void begin(String step);

	/**
	 * A step takes longer than usual.
	 * @param step its name
	 * @param text why
	 */
	void remark(String step, String text);

	/**
	 * A step has ended well.
	 * @param step its name
	 * @param result what came out of it
	 */
	void end(String step, String result);

}
