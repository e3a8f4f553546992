// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import org.jspecify.annotations.Nullable;

/**
 * One line for a start that failed.
 */
final class StartFailure {

	private StartFailure() {
	}

	/**
	 * The messages of the exception and its causes, each said once. What Spring wraps
	 * around them names beans, which helps nobody who only wants to run the sample.
	 */
	static String describe(Throwable failure) {
		StringBuilder text = new StringBuilder();
		for (Throwable cause = failure; cause != null; cause = next(cause)) {
			String message = message(cause);
			if (message != null && text.indexOf(message) < 0) {
				text.append(text.isEmpty() ? "" : ": ").append(message);
			}
		}
		return text.isEmpty() ? failure.getClass().getSimpleName() : text.toString();
	}

	private static @Nullable Throwable next(Throwable failure) {
		return (failure.getCause() != failure) ? failure.getCause() : null;
	}

	private static @Nullable String message(Throwable failure) {
		String message = failure.getMessage();
		Throwable cause = failure.getCause();
		boolean wrapper = cause != null && (message == null || message.contains(cause.getClass().getName())
				|| failure.getClass().getName().startsWith("org.springframework."));
		return (wrapper || message == null) ? null : message.lines().findFirst().orElse(null);
	}

}
