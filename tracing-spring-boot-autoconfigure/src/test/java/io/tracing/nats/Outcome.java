// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.tracing.testing.NatsServer;
import io.tracing.testing.TracedNats;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the application gets of a call: its results, or its exception with type, message
 * and cause. The same with tracing and without, or tracing is to blame.
 *
 * @param text all of it
 */
record Outcome(String text) {

	/**
	 * Use a connection without tracing and one with it, in the same way, each on subjects
	 * of its own, and compare.
	 */
	static void assertSame(Use use) {
		assertSame(TracedNats.builder(), use);
	}

	static void assertSame(TracedNats.Builder builder, Use use) {
		Outcome raw;
		try (TracedNats nats = builder.start()) {
			raw = of(nats, nats.raw(), use);
			assertThat(nats.spans().ended()).isEmpty();
		}
		try (TracedNats nats = builder.start()) {
			Outcome traced = of(nats, nats.connection(), use);
			assertThat(traced).isEqualTo(raw);
			assertThat(nats.tracing().messaging().faults().count()).as("faults").isZero();
		}
	}

	private static Outcome of(TracedNats nats, Connection connection, Use use) {
		String name = NatsServer.newName("same");
		List<String> results = new ArrayList<>();
		try {
			use.with(new Application(nats, connection, name, results));
		}
		catch (Throwable ex) {
			results.add(text(ex));
		}
		return new Outcome(String.join("\n", results).replace(name, "<name>"));
	}

	private static String text(@Nullable Object result) {
		if (result instanceof Throwable failure) {
			Throwable cause = failure.getCause();
			boolean wrapper = failure instanceof ExecutionException || failure instanceof CompletionException;
			return failure.getClass().getName() + (wrapper ? "" : ": " + failure.getMessage())
					+ ((cause != null) ? " <- " + text(cause) : "");
		}
		if (result instanceof Message message) {
			return message.getSubject() + " " + new String(message.getData(), StandardCharsets.UTF_8) + " "
					+ text((message.getHeaders() != null) ? message.getHeaders() : new Headers());
		}
		if (result instanceof Headers headers) {
			return headers.keySet()
				.stream()
				.filter((key) -> !key.equals("traceparent"))
				.collect(Collectors.toMap((key) -> key, headers::get, (one, other) -> one, TreeMap::new))
				.toString();
		}
		if (result instanceof List<?> list) {
			return list.stream().map(Outcome::text).toList().toString();
		}
		return String.valueOf(result);
	}

	/**
	 * Uses a connection.
	 */
	@FunctionalInterface
	interface Use {

		/**
		 * Use it.
		 */
		void with(Application application) throws Throwable;

	}

	/**
	 * An application with a connection, traced or not.
	 *
	 * @param nats the other connections it can have
	 * @param connection the connection
	 * @param name the subject that it uses, or the first token of several
	 * @param results takes what it got
	 */
	record Application(TracedNats nats, Connection connection, String name, List<String> results) {

		/**
		 * Call, and note the result or the exception. Notes no object of jnats, which has
		 * nothing to compare it by, but that there was one.
		 */
		void call(Callable<?> call) {
			try {
				Object result = call.call();
				boolean ofJnats = result != null && result.toString().matches("(traced )?io\\.nats\\..*@.*");
				note((ofJnats && !(result instanceof Message)) ? "an object" : result);
			}
			catch (Throwable ex) {
				note(ex);
			}
		}

		/**
		 * The same for a call that returns nothing.
		 */
		void run(Run run) {
			call(() -> {
				run.run();
				return null;
			});
		}

		void note(@Nullable Object result) {
			synchronized (this.results) {
				this.results.add(text(result));
			}
		}

	}

	/**
	 * A call that returns nothing.
	 */
	@FunctionalInterface
	interface Run {

		/**
		 * Call.
		 */
		void run() throws Exception;

	}

}
