// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Tells which listeners are traced, by their ids: those that an include pattern names,
 * all if there is none, less those that an exclude pattern names. In a pattern {@code *}
 * stands for any run of characters. Ids are the user's choice, or Spring's where the user
 * made none, so that any character can occur.
 */
public final class ListenerPatterns implements Predicate<String> {

	private final List<Pattern> include;

	private final List<Pattern> exclude;

	private ListenerPatterns(List<String> include, List<String> exclude) {
		this.include = include.stream().map(ListenerPatterns::compile).toList();
		this.exclude = exclude.stream().map(ListenerPatterns::compile).toList();
	}

	/**
	 * Create the patterns.
	 * @param include the patterns of listener ids to trace, none for all
	 * @param exclude the patterns of listener ids not to trace
	 * @return the patterns
	 * @throws IllegalArgumentException if one is blank
	 */
	public static ListenerPatterns of(List<String> include, List<String> exclude) {
		return new ListenerPatterns(include, exclude);
	}

	private static Pattern compile(String pattern) {
		if (pattern.isBlank()) {
			throw new IllegalArgumentException("A pattern of listener ids is blank: write an id, or '*' for all");
		}
		return TopicPatterns.wildcard(pattern);
	}

	@Override
	public boolean test(String listenerId) {
		return (this.include.isEmpty() || anyMatches(this.include, listenerId))
				&& !anyMatches(this.exclude, listenerId);
	}

	private static boolean anyMatches(List<Pattern> patterns, String listenerId) {
		return patterns.stream().anyMatch((pattern) -> pattern.matcher(listenerId).matches());
	}

}
