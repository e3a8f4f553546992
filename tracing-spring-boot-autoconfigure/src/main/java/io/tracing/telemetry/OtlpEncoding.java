// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.opentelemetry.sdk.resources.Resource;
import io.tracing.telemetry.wire.Signal;
import io.tracing.telemetry.wire.TelemetrySubjects;

/**
 * One export request of OTLP for each service in a batch, which is one: an SDK has one
 * resource. A request that the server would not take is halved.
 *
 * @param <T> what is exported
 */
final class OtlpEncoding<T> implements BatchEncoding<T> {

	private final StreamPublisher publisher;

	private final Signal signal;

	private final Function<T, Resource> resource;

	private final Request<T> request;

	OtlpEncoding(StreamPublisher publisher, Signal signal, Function<T, Resource> resource, Request<T> request) {
		this.publisher = publisher;
		this.signal = signal;
		this.resource = resource;
		this.request = request;
	}

	@Override
	public boolean publish(Collection<T> batch) {
		Map<String, List<T>> services = new LinkedHashMap<>();
		for (T item : batch) {
			services.computeIfAbsent(ServiceName.of(this.resource.apply(item)), (name) -> new ArrayList<>(batch.size()))
				.add(item);
		}
		boolean complete = true;
		for (Map.Entry<String, List<T>> service : services.entrySet()) {
			complete &= publish(TelemetrySubjects.of(this.signal, service.getKey()), service.getValue());
		}
		return complete;
	}

	private boolean publish(String subject, List<T> items) {
		byte[] body;
		try {
			body = this.request.encode(items);
		}
		catch (IOException ex) {
			this.publisher.drop(this.signal, DropReason.UNENCODABLE, items.size(), "they can't be encoded: " + ex);
			return false;
		}
		if (body.length <= this.publisher.maxBody()) {
			return this.publisher.accept(this.signal, subject, body, items.size());
		}
		if (items.size() == 1) {
			this.publisher.drop(this.signal, DropReason.TOO_LARGE, 1,
					"it has %d bytes, and the server takes %d: raise its max_payload".formatted(body.length,
							this.publisher.maxBody()));
			return false;
		}
		int half = items.size() / 2;
		boolean first = publish(subject, items.subList(0, half));
		return publish(subject, items.subList(half, items.size())) && first;
	}

	/**
	 * Encodes.
	 *
	 * @param <T> what is exported
	 */
	interface Request<T> {

		byte[] encode(Collection<T> items) throws IOException;

	}

}
