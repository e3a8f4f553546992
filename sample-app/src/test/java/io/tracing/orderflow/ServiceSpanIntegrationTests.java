// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.orderflow.testing.Answer;
import io.tracing.orderflow.testing.RunningServices;
import io.tracing.orderflow.testing.OrderFlowClient;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Proves how the HTTP and SQL spans of the services look, and which spans there are not.
 */
class ServiceSpanIntegrationTests {

	private final RunningServices services = RunningServices.shared();

	private final OrderFlowClient client = new OrderFlowClient(this.services);

	@Test
	void serverSpanHasTheAttributesOfTheConventions() {
		Answer answer = this.client.get("gateway", "/inventory/stock/ITEM-001");
		SpanData span = span(answer, "gateway", "GET /inventory/stock/{itemId}");
		assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
		assertThat(span.getAttributes().asMap()).containsOnlyKeys(stringKey("http.request.method"),
				longKey("http.response.status_code"), stringKey("http.route"), stringKey("url.path"),
				stringKey("url.scheme"), stringKey("server.address"), longKey("server.port"));
		assertThat(span.getAttributes().get(longKey("http.response.status_code"))).isEqualTo(200);
		assertThat(span.getAttributes().get(stringKey("http.route"))).isEqualTo("/inventory/stock/{itemId}");
	}

	@Test
	void clientSpanHasTheAttributesOfTheConventions() {
		Answer answer = this.client.get("gateway", "/inventory/stock/ITEM-001");
		SpanData span = span(answer, "gateway", "GET");
		assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(span.getAttributes().asMap()).containsOnlyKeys(stringKey("http.request.method"),
				longKey("http.response.status_code"), stringKey("url.full"), stringKey("server.address"),
				longKey("server.port"));
		assertThat(span.getAttributes().get(stringKey("url.full")))
			.isEqualTo(this.services.url("inventory") + "/stock/ITEM-001");
	}

	@Test
	void clientSpanOfARefusedRequestIsAnErrorAndTheServerSpanIsNot() {
		Answer answer = this.client.get("gateway", "/inventory/stock/NO-SUCH-ITEM");
		assertThat(span(answer, "gateway", "GET").getAttributes().get(stringKey("error.type"))).isEqualTo("404");
		SpanData server = span(answer, "inventory", "GET /stock/{itemId}");
		assertThat(server.getAttributes().get(stringKey("error.type"))).isNull();
		assertThat(server.getStatus().getStatusCode()).isNotEqualTo(StatusCode.ERROR);
	}

	@Test
	void serverSpanOfAFailureIsAnError() {
		String id = this.client.placeOrder("ITEM-013:1");
		this.client.awaitCompletion(id);
		assertThat(this.services.spans())
			.filteredOn((span) -> "POST /reservations".equals(span.getName())
					&& id.equals(span.getAttributes().get(RunningServices.ORDER_ID)))
			.isNotEmpty()
			.allSatisfy((span) -> {
				assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
				assertThat(span.getAttributes().get(stringKey("error.type"))).isEqualTo("503");
			});
	}

	@Test
	void statementSpanHasTheAttributesOfTheConventionsAndNoParameters() {
		Answer answer = this.client.get("gateway", "/inventory/stock/ITEM-001");
		SpanData span = span(answer, "inventory", "SELECT stock");
		assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(span.getAttributes().asMap()).containsOnlyKeys(stringKey("db.system.name"),
				stringKey("db.namespace"), stringKey("db.operation.name"), stringKey("db.collection.name"),
				stringKey("db.query.summary"), stringKey("db.query.text"), stringKey("server.address"),
				longKey("server.port"));
		assertThat(span.getAttributes().get(stringKey("db.namespace"))).isEqualTo("orderflow|inventory");
		assertThat(span.getAttributes().get(stringKey("db.query.text")))
			.isEqualTo("select item_id, available, reserved from stock where item_id = ?");
	}

	@Test
	void batchIsOneStatementSpan() {
		Answer answer = this.client.postOrder("""
				{"customer_id":"ada","items":[
					{"item_id":"ITEM-007","quantity":1,"price":1},
					{"item_id":"ITEM-008","quantity":1,"price":1},
					{"item_id":"ITEM-006","quantity":1,"price":1}]}""");
		this.client.awaitCompletion(answer.body().path("id").asString());
		assertThat(spans(answer)).extracting(SpanData::getName)
			.containsOnlyOnce("INSERT orders", "INSERT order_items", "INSERT outbox", "UPDATE stock",
					"INSERT reservation_items");
	}

	@Test
	void listingHasOneStatementForAllLinesAndTheSlowListingOnePerOrder() {
		List<String> ids = List.of(this.client.placeOrder("ITEM-007:1"), this.client.placeOrder("ITEM-007:1"),
				this.client.placeOrder("ITEM-007:1"));
		ids.forEach(this.client::awaitCompletion);
		Answer fast = this.client.get("gateway", "/orders?size=3");
		Answer slow = this.client.get("gateway", "/orders-nplus1?size=3");
		span(fast, "gateway", "GET /orders");
		span(slow, "gateway", "GET /orders-nplus1");
		assertThat(spans(fast)).filteredOn((span) -> span.getName().startsWith("SELECT")).hasSize(2);
		assertThat(spans(slow)).filteredOn((span) -> span.getName().startsWith("SELECT")).hasSize(1 + 3);
	}

	@Test
	void sqlOutsideOfATraceMakesNoSpan() {
		this.client.awaitCompletion(this.client.placeOrder("ITEM-007:1"));
		assertThat(this.services.spans())
			.filteredOn((span) -> span.getAttributes().get(stringKey("db.system.name")) != null)
			.isNotEmpty()
			.allSatisfy((span) -> assertThat(SpanId.isValid(span.getParentSpanId())).as(span.getName()).isTrue());
	}

	@Test
	void healthIsUpAndNotTraced() {
		for (String role : List.of("gateway", "orders", "inventory", "worker", "email", "shipping")) {
			assertThat(this.client.get(role, "/actuator/health").body().path("status").asString()).isEqualTo("UP");
		}
		assertThat(this.services.spans()).extracting(SpanData::getName).noneMatch((name) -> name.contains("actuator"));
	}

	@Test
	void foreignBaggageIsDroppedAndTheForeignTraceContinued() {
		String traceId = "0af7651916cd43dd8448eb211c80319c";
		ResponseEntity<Void> response = RestClient.create()
			.post()
			.uri(URI.create(this.services.url("gateway") + "/orders"))
			.header("traceparent", "00-" + traceId + "-b7ad6b7169203331-01")
			.header("baggage", "order.id=forged,tenant=evil")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"customer_id\":\"ada\",\"items\":[{\"item_id\":\"ITEM-007\",\"quantity\":1,\"price\":1}]}")
			.retrieve()
			.toBodilessEntity();
		HttpHeaders headers = response.getHeaders();
		assertThat(headers.getFirst("Trace-Id")).isEqualTo(traceId);
		String id = String.valueOf(headers.getLocation()).substring("/orders/".length());
		this.client.awaitEmails(id, 1);
		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(spans(traceId)).extracting(SpanData::getKind).contains(SpanKind.CONSUMER));
		assertThat(spans(traceId)).extracting((span) -> span.getAttributes().get(RunningServices.ORDER_ID))
			.doesNotContain("forged");
	}

	@Test
	void orderIdIsOnEverySpanFromTheMomentItIsKnown() {
		Answer answer = this.client.postOrder("""
				{"customer_id":"ada","items":[{"item_id":"ITEM-007","quantity":1,"price":1}]}""");
		String id = answer.body().path("id").asString();
		this.client.awaitEmails(id, 1);
		span(answer, "worker", "process order.created");
		span(answer, "orders", "process shipments.created");
		span(answer, "shipping", "ack shipments.requested");
		assertThat(spans(answer))
			.filteredOn((span) -> !(service(span).equals("gateway") && span.getKind() == SpanKind.CLIENT))
			.hasSizeGreaterThan(20)
			.allSatisfy((span) -> assertThat(span.getAttributes().get(RunningServices.ORDER_ID)).as(span.getName())
				.isEqualTo(id));
	}

	private SpanData span(Answer answer, String service, String name) {
		return await(name).atMost(Duration.ofSeconds(10))
			.until(() -> spans(answer).stream()
				.filter((span) -> span.getName().equals(name) && service(span).equals(service))
				.toList(), (spans) -> spans.size() == 1)
			.get(0);
	}

	private List<SpanData> spans(Answer answer) {
		return spans(String.valueOf(answer.headers().getFirst("Trace-Id")));
	}

	private List<SpanData> spans(String traceId) {
		return this.services.spans().stream().filter((span) -> span.getTraceId().equals(traceId)).toList();
	}

	private static String service(SpanData span) {
		return String.valueOf(span.getResource().getAttribute(AttributeKey.stringKey("service.name")));
	}

}
