// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.util.Map;

import io.tracing.orderflow.testing.Answer;
import io.tracing.orderflow.testing.RunningServices;
import io.tracing.orderflow.testing.OrderFlowClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Proves that an order and its message are stored together, with the context of the
 * request, and that a message outlives whoever should have sent it. The relay is stopped
 * in place of a crash.
 */
class OutboxIntegrationTests {

	private final RunningServices services = RunningServices.shared();

	private final OrderFlowClient client = new OrderFlowClient(this.services);

	private final JdbcClient jdbc = this.services.service("orders").getBean(JdbcClient.class);

	private final OutboxRelay relay = this.services.service("orders").getBean(OutboxRelay.class);

	@BeforeEach
	void stopRelay() {
		this.relay.stop();
	}

	@AfterEach
	void startRelay() {
		if (!this.relay.isRunning()) {
			this.relay.start();
		}
	}

	@Test
	void messageOfACrashedRelayIsSentByTheNext() {
		String id = this.client.placeOrder("ITEM-007:1");
		assertThat(messages(id)).isOne();
		assertThat(this.client.get("gateway", "/orders/" + id).body().path("status").asString()).isEqualTo("pending");
		this.relay.start();
		assertThat(this.client.awaitCompletion(id).path("status").asString()).isEqualTo("confirmed");
		assertThat(messages(id)).isZero();
	}

	@Test
	void messageCarriesTheContextOfItsRequest() {
		Answer answer = this.client
			.postOrder("{\"customer_id\":\"ada\",\"items\":[{\"item_id\":\"ITEM-007\",\"quantity\":1,\"price\":1}]}");
		String id = answer.body().path("id").asString();
		Map<?, ?> context = JsonMapper.shared()
			.readValue(this.jdbc.sql("select context from outbox where message_key = ?")
				.param(id)
				.query(String.class)
				.single(), Map.class);
		assertThat(context.get("traceparent")).asString().contains(answer.headers().getFirst("Trace-Id"));
		assertThat(context.get("baggage")).isEqualTo("order.id=" + id);
		this.relay.start();
		this.client.awaitCompletion(id);
	}

	@Test
	void refusedOrderLeavesNoMessage() {
		long before = this.jdbc.sql("select count(*) from outbox").query(Long.class).single();
		assertThat(this.client.postOrder("{}").status()).isEqualTo(400);
		assertThat(this.jdbc.sql("select count(*) from outbox").query(Long.class).single()).isEqualTo(before);
	}

	private long messages(String orderId) {
		return this.jdbc.sql("select count(*) from outbox where message_key = ?")
			.param(orderId)
			.query(Long.class)
			.single();
	}

}
