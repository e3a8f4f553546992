// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import io.nats.client.MessageHandler;
import io.nats.client.impl.Headers;
import io.nats.service.ServiceMessage;
import org.jspecify.annotations.Nullable;

/**
 * A request to an endpoint of NATS' service framework, which answers it with an error
 * instead of throwing one: the handler around it would see a success. The answer is
 * published on the same thread, and noted here.
 *
 * @see <a href=
 * "https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-32.md">ADR-32</a>
 */
final class ServiceRequest {

	private static final String ENDPOINT_PACKAGE = "io.nats.service.";

	private static final ThreadLocal<@Nullable ServiceRequest> CURRENT = new ThreadLocal<>();

	private @Nullable ServiceError error;

	/**
	 * Whether a handler is an endpoint of the framework.
	 */
	static boolean isEndpoint(MessageHandler handler) {
		return handler.getClass().getName().startsWith(ENDPOINT_PACKAGE);
	}

	static ServiceRequest begin() {
		ServiceRequest request = new ServiceRequest();
		CURRENT.set(request);
		return request;
	}

	static void end() {
		CURRENT.remove();
	}

	/**
	 * Note what an answer says, if one is being waited for on this thread.
	 * @param arguments those of the call that published it
	 */
	static void answered(Object @Nullable [] arguments) {
		ServiceRequest current = CURRENT.get();
		OutgoingMessage answer = (current != null) ? OutgoingMessage.of(arguments) : null;
		ServiceError error = (answer != null) ? errorIn(answer.headers()) : null;
		if (current != null && error != null) {
			current.error = error;
		}
	}

	/**
	 * The error that an answer carries, {@code null} if it carries none.
	 */
	static @Nullable ServiceError errorIn(@Nullable Headers headers) {
		String code = (headers != null) ? headers.getFirst(ServiceMessage.NATS_SERVICE_ERROR_CODE) : null;
		if (headers == null || code == null) {
			return null;
		}
		String text = headers.getFirst(ServiceMessage.NATS_SERVICE_ERROR);
		return new ServiceError(code, (text != null) ? text : "");
	}

	@Nullable ServiceError error() {
		return this.error;
	}

	/**
	 * An error of a service.
	 *
	 * @param code its code, such as 500
	 * @param text what it says
	 */
	record ServiceError(String code, String text) {

	}

}
