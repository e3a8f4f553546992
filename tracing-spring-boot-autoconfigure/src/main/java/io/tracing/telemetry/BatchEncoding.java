// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.util.Collection;

/**
 * Makes messages of what the SDK exports, in one of the formats, and hands them to the
 * publisher.
 *
 * @param <T> what is exported
 */
interface BatchEncoding<T> {

	/**
	 * Hand a batch over.
	 * @return whether all of it was taken
	 */
	boolean publish(Collection<T> batch);

}
