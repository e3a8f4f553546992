// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.orderflow.trace.GoldenFile;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The picture, compared with golden files in {@code src/test/resources/waterfall}.
 */
class WaterfallTests {

	private static final TerminalStyle PLAIN = new TerminalStyle(120, Glyphs.UNICODE, false);

	private final ExampleTrace example = new ExampleTrace();

	@Test
	void drawsAnOrderThroughFiveServices() {
		order(0);
		assertPicture("order.txt", PLAIN);
	}

	@Test
	void drawsTheSamePictureInAscii() {
		order(0);
		assertPicture("order-ascii.txt", new TerminalStyle(120, Glyphs.ASCII, false));
	}

	@Test
	void fitsIntoANarrowTerminal() {
		order(0);
		assertPicture("order-narrow.txt", new TerminalStyle(80, Glyphs.UNICODE, false));
		assertThat(render(new TerminalStyle(80, Glyphs.UNICODE, false)).lines())
			.allSatisfy((line) -> assertThat(line).hasSizeLessThanOrEqualTo(80));
	}

	@Test
	void compressesALongWait() {
		order(10_000);
		assertPicture("long-wait.txt", PLAIN);
	}

	@Test
	void shortSpansStayVisibleAfterAWaitOfMinutes() {
		order(600_000);
		String process = render(PLAIN).lines()
			.filter((line) -> line.contains("process order.created"))
			.findFirst()
			.orElseThrow();
		assertThat(process.chars().filter((character) -> character == '█').count()).isGreaterThan(4);
	}

	@Test
	void drawsRetriesBackOffAndDeadLetter() {
		SpanData send = sentOrder();
		this.example.failedProcess(send, "worker", "order.created", 60, 85, 8, "java.lang.IllegalStateException",
				"inventory answered 503 for\nITEM-013");
		this.example.failedProcess(send, "worker", "order.created", 285, 300, 233, "java.lang.IllegalStateException",
				"inventory answered 503 for ITEM-013");
		SpanData last = this.example.failedProcess(send, "worker", "order.created", 700, 730, 648,
				"java.lang.IllegalStateException", "inventory answered 503 for ITEM-013");
		this.example.failedClient(last, "worker", "POST", 702, 710, "503");
		SpanData deadLetter = this.example.send(last, "worker", "order.created-dlt", 715, 728);
		this.example.process(deadLetter, "orders", "order.created-dlt", 735, 745, 12);
		assertPicture("retries.txt", PLAIN);
	}

	@Test
	void drawsAShipmentWithItsRedeliveryAndItsRequest() {
		SpanData order = this.example.root("worker", "process order.created", 0, 120);
		SpanData requested = this.example.publish(order, "worker", "shipments.requested", 10, 14);
		SpanData first = this.example.failedDelivery(requested, "shipping", "shipments.requested", 18, 22, 5,
				"io.tracing.NoCarrierException");
		this.example.failedClient(first, "shipping", "request carriers.quote", 19, 20, "no_responders");
		this.example.client(first, "shipping", "nak shipments.requested", 21, 21.3);
		SpanData second = this.example.deliver(requested, "shipping", "shipments.requested", 60, 90, 47);
		SpanData request = this.example.client(second, "shipping", "request carriers.quote", 61, 70);
		SpanData answer = this.example.answer(request, "shipping", "carriers.quote", 64, 68);
		this.example.reply(answer, "shipping", 66, 67);
		SpanData created = this.example.publish(second, "shipping", "shipments.created", 72, 75);
		SpanData heard = this.example.deliver(created, "orders", "shipments.created", 78, 88, 4);
		this.example.client(heard, "orders", "ack shipments.created", 87, 87.4);
		this.example.client(second, "shipping", "ack shipments.requested", 89, 89.5);
		assertPicture("shipment.txt", PLAIN);
	}

	@Test
	void saysWhatIsBroken() {
		SpanData root = this.example.root("gateway", "POST /orders", 0, 100);
		this.example.send(root, "orders", "order.created", 50, 60);
		this.example.open(root, "gateway", "write response", 90);
		SpanData orphan = this.example.orphan("worker", "process order.created", 70, 95);
		this.example.client(orphan, "worker", "POST", 71, 90);
		assertPicture("broken.txt", PLAIN);
	}

	@Test
	void clockSkewIsNamedAndNeverANegativeBar() {
		SpanData root = this.example.root("gateway", "POST /orders", 0, 100);
		SpanData send = this.example.send(root, "orders", "order.created", 50, 60);
		this.example.process(send, "worker", "order.created", 20, 45, -30);
		assertPicture("clock-skew.txt", PLAIN);
	}

	@Test
	void deliveryBeforeTheAcknowledgementIsNoSkew() {
		SpanData root = this.example.root("gateway", "POST /orders", 0, 100);
		SpanData send = this.example.send(root, "orders", "order.created", 50, 60);
		this.example.process(send, "worker", "order.created", 55, 80, 5);
		assertThat(render(PLAIN)).contains("in queue (producer clock)").doesNotContain("skew");
	}

	@Test
	void aConsumerThatOnlyLinksIsDrawnBelowTheProducer() {
		SpanData root = this.example.root("gateway", "POST /orders", 0, 100);
		SpanData send = this.example.send(root, "orders", "order.created", 50, 60);
		SpanData process = this.example.linkedProcess("0af7651916cd43dd8448eb211c80319c", send, "audit",
				"order.created", 70, 95, 18);
		assertThat(process.getParentSpanContext().isValid()).isFalse();
		assertPicture("link.txt", PLAIN);
	}

	@Test
	void colourAddsNothingButColour() {
		order(0);
		this.example.failedClient(this.example.spans().get(0), "gateway", "POST", 10, 20, "500");
		String coloured = render(new TerminalStyle(120, Glyphs.UNICODE, true));
		assertThat(coloured).contains("\u001B[31m").contains("\u001B[33m");
		assertThat(coloured.replaceAll("\u001B\\[\\d+m", "")).isEqualTo(render(PLAIN));
	}

	private void order(double wait) {
		SpanData send = sentOrder();
		double start = 85 + wait;
		SpanData process = this.example.process(send, "worker", "order.created", start, start + 300, 33 + wait);
		SpanData reserve = this.example.client(process, "worker", "POST", start + 5, start + 60);
		SpanData inventory = this.example.server(reserve, "inventory", "POST /reservations", start + 10, start + 55);
		this.example.client(inventory, "inventory", "UPDATE stock", start + 20, start + 24.2);
		SpanData confirm = this.example.client(process, "worker", "PATCH", start + 65, start + 100);
		SpanData orders = this.example.server(confirm, "orders", "PATCH /orders/{id}/status", start + 70, start + 98);
		this.example.client(orders, "orders", "UPDATE orders", start + 75, start + 79);
		SpanData mail = this.example.client(process, "worker", "POST", start + 105, start + 295);
		this.example.server(mail, "email", "POST /send", start + 108, start + 293);
	}

	private SpanData sentOrder() {
		SpanData root = this.example.root("gateway", "POST /orders", 0, 70);
		SpanData client = this.example.client(root, "gateway", "POST", 5, 68);
		SpanData orders = this.example.server(client, "orders", "POST /orders", 10, 65);
		this.example.client(orders, "orders", "INSERT orders", 20, 23.4);
		this.example.client(orders, "orders", "INSERT order_items", 25, 26.1);
		this.example.client(orders, "orders", "INSERT outbox", 28, 28.6);
		return this.example.send(orders, "orders", "order.created", 52, 62);
	}

	private String render(TerminalStyle style) {
		CollectedTrace trace = this.example.trace();
		return new Waterfall(style).render(trace, trace.problems());
	}

	private void assertPicture(String goldenFile, TerminalStyle style) {
		GoldenFile.assertSame("waterfall/" + goldenFile, render(style));
	}

}
