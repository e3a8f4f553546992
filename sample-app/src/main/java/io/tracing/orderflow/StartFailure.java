// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.support.SpringFactoriesLoader;

/**
 * One line for a start that failed.
 */
final class StartFailure {

	private StartFailure() {
	}

	/**
	 * What Spring's failure analyzers say of it or, if none knows it, the messages of the
	 * exception and its causes.
	 */
	static String describe(Throwable failure) {
		return SpringFactoriesLoader.forDefaultResourceLocation(StartFailure.class.getClassLoader())
			// Some need a context to be made: there is none any more.
			.load(FailureAnalyzer.class, (type, name, ex) -> {
			})
			.stream()
			.map((analyzer) -> analyzer.analyze(failure))
			.filter(Objects::nonNull)
			.findFirst()
			.map(StartFailure::sentence)
			.orElseGet(() -> messages(failure));
	}

	private static String sentence(FailureAnalysis analysis) {
		String text = Objects.requireNonNullElse(analysis.getDescription(), "") + " "
				+ Objects.requireNonNullElse(analysis.getAction(), "");
		return text.strip().replaceAll("\\s+", " ");
	}

	/**
	 * Each message once. What Spring wraps around them names beans, which helps nobody
	 * who only wants to run the sample.
	 */
	private static String messages(Throwable failure) {
		StringBuilder text = new StringBuilder();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String message = message(cause);
			if (message != null && text.indexOf(message) < 0) {
				text.append(text.isEmpty() ? "" : ": ").append(message);
			}
		}
		return text.isEmpty() ? failure.getClass().getSimpleName() : text.toString();
	}

	private static @Nullable String message(Throwable failure) {
		String message = failure.getMessage();
		Throwable cause = failure.getCause();
		boolean wrapper = cause != null && (message == null || message.contains(cause.getClass().getName())
				|| failure.getClass().getName().startsWith("org.springframework."));
		return (wrapper || message == null) ? null : message.lines().findFirst().orElse(null);
	}

}
