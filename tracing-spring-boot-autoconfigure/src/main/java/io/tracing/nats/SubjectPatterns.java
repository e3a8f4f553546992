// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Tells which subjects are meant: those that an include pattern names, all if there is
 * none, less those that an exclude pattern names. Patterns are those of NATS
 * subscriptions: {@code *} stands for one token, {@code >} for one or more at the end.
 */
public final class SubjectPatterns implements Predicate<String> {

	private final List<String> include;

	private final List<String> exclude;

	private SubjectPatterns(List<String> include, List<String> exclude) {
		this.include = check(include);
		this.exclude = check(exclude);
	}

	/**
	 * Create the patterns.
	 * @param include the patterns of subjects that are meant, none for all
	 * @param exclude the patterns of subjects that are not
	 * @return the patterns
	 * @throws IllegalArgumentException if one is not valid
	 */
	public static SubjectPatterns of(List<String> include, List<String> exclude) {
		return new SubjectPatterns(include, exclude);
	}

	/**
	 * Whether a text is a pattern.
	 * @param pattern the text
	 * @return whether it can be one
	 */
	public static boolean isValid(String pattern) {
		String[] tokens = pattern.split("\\.", -1);
		for (int i = 0; i < tokens.length; i++) {
			String token = tokens[i];
			boolean wildcard = token.equals("*") || (token.equals(">") && i == tokens.length - 1);
			if (token.isEmpty() || (!wildcard && isSpecial(token))) {
				return false;
			}
		}
		return true;
	}

	private static boolean isSpecial(String token) {
		return token.chars().anyMatch((c) -> c == '*' || c == '>' || c <= ' ');
	}

	private static List<String> check(List<String> patterns) {
		for (String pattern : patterns) {
			if (!isValid(pattern)) {
				throw new IllegalArgumentException(("'%s' is not a pattern of subjects: use tokens that '.' separates,"
						+ " with '*' for one token and '>' for the rest")
					.formatted(pattern));
			}
		}
		return List.copyOf(patterns);
	}

	@Override
	public boolean test(String subject) {
		return (this.include.isEmpty() || first(this.include, subject) != null) && first(this.exclude, subject) == null;
	}

	/**
	 * The first of some patterns that matches, {@code null} if none does.
	 */
	static @Nullable String first(List<String> patterns, String subject) {
		for (String pattern : patterns) {
			if (matches(pattern, subject)) {
				return pattern;
			}
		}
		return null;
	}

	static boolean hasWildcard(String subject) {
		// Only as whole tokens; a publisher may use them as ordinary characters.
		return subject.equals("*") || subject.equals(">") || subject.startsWith("*.") || subject.endsWith(".*")
				|| subject.endsWith(".>") || subject.contains(".*.");
	}

	private static boolean matches(String pattern, String subject) {
		int p = 0;
		int s = 0;
		while (true) {
			int patternEnd = endOfToken(pattern, p);
			int subjectEnd = endOfToken(subject, s);
			boolean one = patternEnd - p == 1;
			if (one && pattern.charAt(p) == '>' && patternEnd == pattern.length()) {
				return subjectEnd > s;
			}
			boolean any = one && pattern.charAt(p) == '*' && subjectEnd > s;
			if (!any && (patternEnd - p != subjectEnd - s || !pattern.regionMatches(p, subject, s, patternEnd - p))) {
				return false;
			}
			if (patternEnd == pattern.length() || subjectEnd == subject.length()) {
				return patternEnd == pattern.length() && subjectEnd == subject.length();
			}
			p = patternEnd + 1;
			s = subjectEnd + 1;
		}
	}

	private static int endOfToken(String text, int from) {
		int end = text.indexOf('.', from);
		return (end < 0) ? text.length() : end;
	}

}
