// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

/**
 * Finds the exception that a user would call the error: the one inside the wrappers that
 * concurrency and reflection put around it. The conventions allow to unwrap what is
 * meaningless by itself.
 */
final class ErrorType {

	// Bounds the walk: nothing keeps an exception from being its own cause's cause.
	private static final int MAX_DEPTH = 16;

	private ErrorType() {
	}

	static Throwable unwrap(Throwable error) {
		Throwable unwrapped = error;
		for (int depth = 0; depth < MAX_DEPTH && isWrapper(unwrapped); depth++) {
			Throwable cause = cause(unwrapped);
			if (cause == null) {
				break;
			}
			unwrapped = cause;
		}
		return unwrapped;
	}

	private static @Nullable Throwable cause(Throwable error) {
		try {
			return error.getCause();
		}
		catch (Throwable ex) {
			// A subclass of the user's can throw here: then it is the error itself.
			return null;
		}
	}

	private static boolean isWrapper(Throwable error) {
		return error instanceof CompletionException || error instanceof ExecutionException
				|| error instanceof InvocationTargetException || error instanceof UndeclaredThrowableException;
	}

}
