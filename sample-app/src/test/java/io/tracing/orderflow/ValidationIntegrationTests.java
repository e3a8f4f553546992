// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.stream.Stream;

import io.tracing.orderflow.testing.Answer;
import io.tracing.orderflow.testing.RunningServices;
import io.tracing.orderflow.testing.OrderFlowClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Proves that a bad request is answered with status 400 and the field to blame, whatever
 * is bad about it, through the gateway.
 */
class ValidationIntegrationTests {

	private static final String ITEM = "{\"item_id\":\"ITEM-001\",\"quantity\":1,\"price\":1}";

	private final OrderFlowClient client = new OrderFlowClient(RunningServices.shared());

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void badOrderNamesItsField(String body, String field) {
		Answer answer = this.client.postOrder(body);
		assertThat(answer.status()).as("answer: %s", answer.body()).isEqualTo(400);
		assertThat(answer.headers().getFirst("Content-Type")).isEqualTo("application/problem+json");
		assertThat(answer.invalidFields()).as("answer: %s", answer.body()).contains(field);
		assertThat(answer.headers().getFirst("Trace-Id")).isNotEmpty();
	}

	static Stream<Object> badOrderNamesItsField() {
		return Stream.of(arguments("", "body"), arguments("{", "body"), arguments("null", "body"),
				arguments("[]", "body"), arguments("42", "body"), arguments("\"order\"", "body"),
				arguments("{} trailing", "body"), arguments("{}", "customer_id"), arguments("{}", "items"),
				arguments(order("null", ITEM), "customer_id"), arguments(order("\"\"", ITEM), "customer_id"),
				arguments(order("\"  \"", ITEM), "customer_id"), arguments(order("42", ITEM), "customer_id"),
				arguments(order("{}", ITEM), "customer_id"), arguments(order("\"a b\"", ITEM), "customer_id"),
				arguments(order("\"a\\u0000\"", ITEM), "customer_id"),
				arguments(order("\"a..b\"", ITEM), "customer_id"), arguments(order("\"ada.\"", ITEM), "customer_id"),
				arguments(order("\"\\ud800\"", ITEM), "customer_id"),
				arguments(order("\"" + "a".repeat(65) + "\"", ITEM), "customer_id"),
				arguments("{\"customer_id\":\"ada\"}", "items"),
				arguments("{\"customer_id\":\"ada\",\"items\":null}", "items"),
				arguments("{\"customer_id\":\"ada\",\"items\":{}}", "items"),
				arguments("{\"customer_id\":\"ada\",\"items\":\"ITEM-001\"}", "items"),
				arguments(order("\"ada\"", ""), "items"),
				arguments(order("\"ada\"", (ITEM + ",").repeat(100) + ITEM), "items"),
				arguments(order("\"ada\"", "null"), "items[0]"), arguments(order("\"ada\"", "1"), "items[0]"),
				arguments(order("\"ada\"", ITEM + ",null"), "items[1]"),
				arguments(order("\"ada\"", "{}"), "items[0].item_id"),
				arguments(order("\"ada\"", "{}"), "items[0].quantity"),
				arguments(order("\"ada\"", "{}"), "items[0].price"),
				arguments(item("null", "1", "1"), "items[0].item_id"),
				arguments(item("\"\"", "1", "1"), "items[0].item_id"),
				arguments(item("1", "1", "1"), "items[0].item_id"),
				arguments(item("\"../x\"", "1", "1"), "items[0].item_id"),
				arguments(item("\"a/b\"", "1", "1"), "items[0].item_id"),
				arguments(item("\"A\"", "0", "1"), "items[0].quantity"),
				arguments(item("\"A\"", "-1", "1"), "items[0].quantity"),
				arguments(item("\"A\"", "10001", "1"), "items[0].quantity"),
				arguments(item("\"A\"", "1.5", "1"), "items[0].quantity"),
				arguments(item("\"A\"", "\"1\"", "1"), "items[0].quantity"),
				arguments(item("\"A\"", "true", "1"), "items[0].quantity"),
				arguments(item("\"A\"", "null", "1"), "items[0].quantity"),
				arguments(item("\"A\"", "99999999999", "1"), "items[0].quantity"),
				arguments(item("\"A\"", "1", "-1"), "items[0].price"),
				arguments(item("\"A\"", "1", "0.5"), "items[0].price"),
				arguments(item("\"A\"", "1", "\"1\""), "items[0].price"),
				arguments(item("\"A\"", "1", "99999999999999999999"), "items[0].price"),
				arguments(item("\"A\"", "2", "9223372036854775807"), "items"),
				arguments(order("\"ada\"",
						"{\"item_id\":\"A\",\"quantity\":1,\"price\":9223372036854775807},{\"item_id\":\"A\",\"quantity\":1,\"price\":1}"),
						"items"));
	}

	@Test
	void allBadFieldsAreNamedAtOnce() {
		Answer answer = this.client.postOrder(
				"{\"customer_id\":\"\",\"items\":[" + ITEM + ",{\"item_id\":\"A\",\"quantity\":0,\"price\":-1}]}");
		assertThat(answer.invalidFields()).containsExactly("customer_id", "items[1].price", "items[1].quantity");
		assertThat(answer.body().at("/errors/2/message").asString()).isEqualTo("must be greater than 0");
	}

	@ParameterizedTest
	@CsvSource({ "/orders/42, 400", "/orders/00000000-0000-0000-0000-000000000000, 404", "/orders?page=-1, 400",
			"/orders?size=0, 400", "/orders?size=201, 400", "/orders?size=many, 400", "/orders-nplus1?size=0, 400",
			"/inventory/stock/NO-SUCH-ITEM, 404", "/inventory/stock/a%20b, 404", "/nowhere, 404" })
	void badReadIsAProblem(String path, int status) {
		Answer answer = this.client.get("gateway", path);
		assertThat(answer.status()).as("answer: %s", answer.body()).isEqualTo(status);
		assertThat(answer.headers().getFirst("Content-Type")).isEqualTo("application/problem+json");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a%00b", "%ED%A0%80", "a%2Fb" })
	void pathThatNamesNothingIsRefusedByTheServer(String itemId) {
		assertThat(this.client.get("gateway", "/inventory/stock/" + itemId).status()).isEqualTo(400);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{} | status
			{"status":null} | status
			{"status":"shipped"} | status
			{"status":1} | status
			{"status":"failed","reason":{}} | reason
			""")
	void badStatusNamesItsField(String body, String field) {
		Answer answer = this.client.exchange(HttpMethod.PATCH, "orders",
				"/orders/00000000-0000-0000-0000-000000000000/status", body);
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.invalidFields()).contains(field);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					{} | order_id
					{"order_id":"42","items":[]} | order_id
					{"order_id":"00000000-0000-0000-0000-000000000000","items":[]} | items
					{"order_id":"00000000-0000-0000-0000-000000000000","items":[{"item_id":"","quantity":1}]} | items[0].item_id
					{"order_id":"00000000-0000-0000-0000-000000000000","items":[{"item_id":"A","quantity":-1}]} | items[0].quantity
					""")
	void badReservationNamesItsField(String body, String field) {
		Answer answer = this.client.exchange(HttpMethod.POST, "inventory", "/reservations", body);
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.invalidFields()).contains(field);
	}

	@ParameterizedTest
	@CsvSource({ "order_id", "type", "to", "subject", "body" })
	void emailWithoutAFieldIsRefused(String field) {
		Answer answer = this.client.exchange(HttpMethod.POST, "email", "/send", "{}");
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.invalidFields()).contains(field);
	}

	@Test
	void wrongMethodIsAProblem() {
		Answer answer = this.client.exchange(HttpMethod.DELETE, "gateway", "/orders", null);
		assertThat(answer.status()).isEqualTo(405);
		assertThat(answer.headers().getFirst("Allow")).contains("POST").contains("GET");
	}

	private static String order(String customer, String items) {
		return "{\"customer_id\":" + customer + ",\"items\":[" + items + "]}";
	}

	private static String item(String itemId, String quantity, String price) {
		return order("\"ada\"", "{\"item_id\":" + itemId + ",\"quantity\":" + quantity + ",\"price\":" + price + "}");
	}

}
