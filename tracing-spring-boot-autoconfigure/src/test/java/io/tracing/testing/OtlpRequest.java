// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.util.Map;

import com.google.protobuf.Message;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * A request that a backend got.
 *
 * @param path the path, with the query if there is one
 * @param headers the headers, by names that ignore case
 * @param size the length of the body as it was sent
 * @param signal the signal of the path, or {@code null} if it has none
 * @param message what the body says, or {@code null} if it says nothing. Kept only for
 * those who script an answer
 */
public record OtlpRequest(String path, Map<String, String> headers, int size, @Nullable Signal signal,
		@Nullable Message message) {

	OtlpRequest withoutMessage() {
		return new OtlpRequest(this.path, this.headers, this.size, this.signal, null);
	}

}
