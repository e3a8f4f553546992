// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.worker;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/**
 * The worker's access to the inventory service.
 */
@Component
class InventoryClient {

	private final RestClient client;

	InventoryClient(RestClient.Builder builder, @Value("${orderflow.inventory.url}") String url) {
		this.client = builder.baseUrl(url).build();
	}

	/**
	 * Reserve all items of an order.
	 * @return why the inventory turned the order down, or nothing if all is reserved. All
	 * other failures are technical and thrown
	 */
	Optional<String> reserve(OrderCreated order) {
		try {
			this.client.post()
				.uri("/reservations")
				.body(new Request(order.orderId(), order.items()))
				.retrieve()
				.toBodilessEntity();
			return Optional.empty();
		}
		catch (HttpClientErrorException ex) {
			if (ex.getStatusCode() == HttpStatus.CONFLICT || ex.getStatusCode() == HttpStatus.UNPROCESSABLE_CONTENT) {
				return Optional.of(reason(ex));
			}
			throw ex;
		}
	}

	private static String reason(HttpClientErrorException ex) {
		ProblemDetail problem = ex.getResponseBodyAs(ProblemDetail.class);
		@Nullable Object reason = (problem != null && problem.getProperties() != null) ? problem.getProperties().get("reason")
				: null;
		return (reason != null) ? reason.toString() : "rejected";
	}

	private record Request(UUID orderId, List<OrderCreated.Item> items) {

	}

}
