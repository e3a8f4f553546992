// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.List;
import java.util.UUID;

import io.tracing.orderflow.testing.RunningServices;
import io.tracing.orderflow.testing.OrderFlowClient;
import io.tracing.orderflow.testing.OrderFlowClient.Stock;
import io.tracing.orderflow.testing.OrderMessages;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Proves that a message that can't be processed is tried again where that may help, ends
 * in the dead letters, and holds up nobody, over a real broker.
 */
class DeadLetterIntegrationTests {

	private final RunningServices services = RunningServices.shared();

	private final OrderFlowClient client = new OrderFlowClient(this.services);

	private final OrderMessages messages = new OrderMessages(this.services);

	@Test
	void technicalFailureIsTriedThreeTimesThenTheOrderFails() {
		Stock before = this.client.stock("ITEM-013");
		String id = this.client.placeOrder("ITEM-013:1");
		JsonNode order = this.client.awaitCompletion(id);
		assertThat(order.path("status").asString()).isEqualTo("failed");
		assertThat(order.path("reason").asString()).isEqualTo("processing_failed");
		assertThat(this.services.spans())
			.filteredOn((span) -> "POST /reservations".equals(span.getName())
					&& id.equals(span.getAttributes().get(RunningServices.ORDER_ID)))
			.hasSize(3);
		assertThat(this.client.emails(id)).isEmpty();
		assertThat(this.client.stock("ITEM-013")).isEqualTo(before);
	}

	@Test
	void messagesAfterAFailedOneAreProcessed() {
		String failing = this.client.placeOrder("ITEM-013:1");
		List<String> others = List.of(this.client.placeOrder("ITEM-007:1"), this.client.placeOrder("ITEM-007:1"),
				this.client.placeOrder("ITEM-007:1"));
		assertThat(others).allSatisfy(
				(id) -> assertThat(this.client.awaitCompletion(id).path("status").asString()).isEqualTo("confirmed"));
		assertThat(this.client.awaitCompletion(failing).path("status").asString()).isEqualTo("failed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "not json", "", "[]", "{}", "{\"order_id\":\"42\"}", "\u0000\uFFFD" })
	void unreadableMessageGoesToTheDeadLettersAsItIs(String value) {
		String key = UUID.randomUUID().toString();
		RecordMetadata message = this.messages.send(key, value);
		this.messages.awaitProcessed(message);
		ConsumerRecord<String, String> letter = this.messages.deadLetter(key);
		assertThat(letter.value()).isEqualTo(value);
		assertThat(letter.partition()).isEqualTo(message.partition());
	}

	@Test
	void refusedRequestIsNotRepeated() {
		// The orders service knows no such order: 404, and asking again won't help.
		String id = UUID.randomUUID().toString();
		this.messages.awaitProcessed(this.messages.sendOrderCreated(id, "NO-SUCH-ITEM", 1));
		assertThat(this.messages.deadLetter(id).key()).isEqualTo(id);
		assertThat(this.services.spans())
			.filteredOn((span) -> "POST /reservations".equals(span.getName())
					&& id.equals(span.getAttributes().get(RunningServices.ORDER_ID)))
			.hasSize(1);
	}

}
