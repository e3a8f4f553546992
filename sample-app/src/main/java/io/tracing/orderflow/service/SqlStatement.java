// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What a span says about a statement: its verb and the table it is about.
 *
 * @param operation the verb in upper case
 * @param collection the first table named, if one is
 */
record SqlStatement(String operation, @Nullable String collection) {

	// Enough for the statements of OrderFlow: one table, or the first of a join.
	private static final Pattern TABLE = Pattern.compile("\\b(?:from|into|update)\\s+([\\w.]+)",
			Pattern.CASE_INSENSITIVE);

	static SqlStatement parse(String sql) {
		String statement = sql.strip();
		int end = 0;
		while (end < statement.length() && Character.isLetter(statement.charAt(end))) {
			end++;
		}
		String operation = (end > 0) ? statement.substring(0, end).toUpperCase(Locale.ROOT) : "SQL";
		Matcher table = TABLE.matcher(statement);
		return new SqlStatement(operation, table.find() ? table.group(1) : null);
	}

	String summary() {
		return (this.collection != null) ? this.operation + " " + this.collection : this.operation;
	}

}
