// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tells which topics are traced: those that an include pattern names, all if there is
 * none, less those that an exclude pattern names. In a pattern {@code *} stands for any
 * run of characters.
 */
public final class TopicPatterns implements Predicate<String> {

	// What Kafka takes as the name of a topic, and the wildcard.
	private static final Pattern VALID = Pattern.compile("[a-zA-Z0-9._*-]+");

	private final List<Pattern> include;

	private final List<Pattern> exclude;

	private TopicPatterns(List<String> include, List<String> exclude) {
		this.include = include.stream().map(TopicPatterns::compile).toList();
		this.exclude = exclude.stream().map(TopicPatterns::compile).toList();
	}

	/**
	 * Create the patterns.
	 * @param include the patterns of topics to trace, none for all
	 * @param exclude the patterns of topics not to trace
	 * @return the patterns
	 * @throws IllegalArgumentException if one is not valid
	 */
	public static TopicPatterns of(List<String> include, List<String> exclude) {
		return new TopicPatterns(include, exclude);
	}

	/**
	 * Whether a text is a pattern.
	 * @param pattern the text
	 * @return whether it can be one
	 */
	public static boolean isValid(String pattern) {
		return VALID.matcher(pattern).matches();
	}

	private static Pattern compile(String pattern) {
		if (!isValid(pattern)) {
			throw new IllegalArgumentException(
					"'%s' is not a pattern of topics: use letters, digits, '.', '_', '-' and '*'".formatted(pattern));
		}
		return wildcard(pattern);
	}

	static Pattern wildcard(String pattern) {
		return Pattern
			.compile(List.of(pattern.split("\\*", -1)).stream().map(Pattern::quote).collect(Collectors.joining(".*")));
	}

	@Override
	public boolean test(String topic) {
		return (this.include.isEmpty() || anyMatches(this.include, topic)) && !anyMatches(this.exclude, topic);
	}

	private static boolean anyMatches(List<Pattern> patterns, String topic) {
		return patterns.stream().anyMatch((pattern) -> pattern.matcher(topic).matches());
	}

}
