// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.List;

import com.google.protobuf.MessageLite;

/**
 * The records of a decoded export request, numbered through all its resources and scopes.
 */
interface RequestRecords {

	int count();

	/**
	 * A request with some of the records. What they belong to is kept.
	 * @param from the first of the records
	 * @param to the one after the last
	 */
	MessageLite slice(int from, int to);

	/**
	 * The part of a list that is in a slice.
	 * @param list the list
	 * @param from where the slice starts, counted from the start of the list
	 * @param to where it ends
	 */
	static <T> List<T> part(List<T> list, int from, int to) {
		int start = Math.min(Math.max(from, 0), list.size());
		return list.subList(start, Math.min(Math.max(to, start), list.size()));
	}

}
