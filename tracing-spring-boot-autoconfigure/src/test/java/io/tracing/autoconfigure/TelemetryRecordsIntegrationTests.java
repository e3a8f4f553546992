// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.jayway.jsonpath.JsonPath;
import io.nats.client.Message;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.tracing.telemetry.StreamMessages;
import io.tracing.testing.NatsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * What an application's telemetry looks like on the stream in the format of DagNats,
 * field by field.
 */
class TelemetryRecordsIntegrationTests {

	private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z";

	private final NatsServer server = NatsServer.start();

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void spanIsARecord() {
		Span root;
		Span child;
		try (ConfigurableApplicationContext context = start("spans")) {
			Tracer tracer = context.getBean(OpenTelemetry.class).getTracer("orders");
			root = tracer.spanBuilder("plan").setSpanKind(SpanKind.SERVER).setAttribute("run_id", "r 1").startSpan();
			child = tracer.spanBuilder("price")
				.setParent(Context.root().with(root))
				.setSpanKind(SpanKind.CLIENT)
				.setAttribute("dagnats.run.id", "r2")
				.setAttribute("n", 42)
				.setAttribute("g", 2.0)
				.setAttribute("b", true)
				.startSpan();
			child.addEvent("asked", Attributes.of(AttributeKey.stringKey("who"), "carrier"));
			child.recordException(new IllegalStateException("<too dear>"));
			child.end();
			root.end();
		}
		Map<String, Message> messages = bySubject();
		assertThat(messages.keySet()).containsExactlyInAnyOrder("telemetry.spans.shop.r_1", "telemetry.spans.shop.r2");
		Message message = messages.get("telemetry.spans.shop.r2");
		assertThat(message.getHeaders().entrySet()).containsExactly(entry("Nats-Msg-Id",
				List.of(child.getSpanContext().getTraceId() + "." + child.getSpanContext().getSpanId())));
		Map<String, Object> record = json(message);
		assertThat(record).containsOnlyKeys("trace_id", "span_id", "parent_id", "name", "service", "kind", "start_time",
				"end_time", "duration_ms", "status", "attributes", "events", "error");
		assertThat(record).containsEntry("trace_id", child.getSpanContext().getTraceId())
			.containsEntry("span_id", child.getSpanContext().getSpanId())
			.containsEntry("parent_id", root.getSpanContext().getSpanId())
			.containsEntry("name", "price")
			.containsEntry("service", "shop")
			.containsEntry("kind", "client")
			.containsEntry("status", "ok")
			.containsEntry("error", "<too dear>")
			.containsEntry("attributes", Map.of("dagnats.run.id", "r2", "run_id", "r2", "n", 42, "g", 2.0, "b", true));
		assertThat(record.get("start_time")).asString().matches(TIME);
		assertThat(record.get("end_time")).asString().matches(TIME);
		assertThat(record.get("duration_ms")).isInstanceOf(Integer.class);
		List<String> events = JsonPath.read(text(message), "$.events[*].name");
		assertThat(events).containsExactly("asked", "exception");
		assertThat(JsonPath.<String>read(text(message), "$.events[0].attributes.who")).isEqualTo("carrier");
		assertThat(JsonPath.<String>read(text(message), "$.events[0].time")).matches(TIME);
		Map<String, Object> plan = json(messages.get("telemetry.spans.shop.r_1"));
		assertThat(plan)
			.containsOnlyKeys("trace_id", "span_id", "name", "service", "kind", "start_time", "end_time", "duration_ms",
					"status", "attributes")
			.containsEntry("attributes", Map.of("run_id", "r 1"));
	}

	@Test
	void spanWithoutARunOrAttributesLeavesThemOut() {
		try (ConfigurableApplicationContext context = start("spans")) {
			context.getBean(OpenTelemetry.class).getTracer("orders").spanBuilder("price").startSpan().end();
		}
		Map<String, Message> messages = bySubject();
		assertThat(messages).containsOnlyKeys("telemetry.spans.shop.no-run");
		assertThat(json(messages.get("telemetry.spans.shop.no-run"))).containsOnlyKeys("trace_id", "span_id", "name",
				"service", "kind", "start_time", "end_time", "duration_ms", "status");
	}

	@Test
	void logRecordIsARecord() {
		Span span;
		try (ConfigurableApplicationContext context = start("logs")) {
			OpenTelemetry openTelemetry = context.getBean(OpenTelemetry.class);
			span = openTelemetry.getTracer("orders").spanBuilder("price").startSpan();
			try (Scope scope = span.makeCurrent()) {
				assertThat(scope).isNotNull();
				openTelemetry.getLogsBridge()
					.get("orders")
					.logRecordBuilder()
					.setSeverity(Severity.ERROR2)
					.setBody("failed")
					.setAttribute(AttributeKey.longKey("attempt"), 3L)
					.setAttribute(AttributeKey.stringKey("exception.message"), "refused")
					.emit();
			}
		}
		Map<String, Message> messages = bySubject();
		assertThat(messages).containsOnlyKeys("telemetry.logs.shop.error");
		Message message = messages.get("telemetry.logs.shop.error");
		assertThat(message.getHeaders().getFirst("Nats-Msg-Id")).matches("[0-9a-f-]{36}\\.1");
		Map<String, Object> record = json(message);
		assertThat(record.remove("timestamp")).asString().matches(TIME);
		assertThat(record).containsOnly(entry("level", "error"), entry("message", "failed"), entry("service", "shop"),
				entry("trace_id", span.getSpanContext().getTraceId()),
				entry("span_id", span.getSpanContext().getSpanId()), entry("error", "refused"),
				entry("fields", Map.of("attempt", 3, "exception.message", "refused")));
	}

	@Test
	void metricsAreRecords() {
		Class<?>[] application = { TelemetryApplication.class, TelemetryOtlpIntegrationTests.MetricReader.class };
		try (ConfigurableApplicationContext context = TelemetryApplication.start(application, arguments("metrics"))) {
			Meter meter = context.getBean(OpenTelemetry.class).getMeter("orders");
			Attributes tags = Attributes.of(AttributeKey.stringKey("kind"), "gift", AttributeKey.longKey("n"), 7L);
			meter.counterBuilder("orders.placed").build().add(3, tags);
			meter.upDownCounterBuilder("orders.open").build().add(-2);
			meter.gaugeBuilder("orders.load").build().set(0.5);
			meter.gaugeBuilder("orders.nothing").build().set(Double.NaN);
			meter.histogramBuilder("orders.price").build().record(10);
			meter.histogramBuilder("orders.price").build().record(20.5);
		}
		Map<String, Message> messages = bySubject();
		String prefix = "telemetry.metrics.shop.";
		assertThat(messages).containsOnlyKeys(prefix + "orders.placed", prefix + "orders.open", prefix + "orders.load",
				prefix + "orders.price.count", prefix + "orders.price.sum", prefix + "orders.price.min",
				prefix + "orders.price.max");
		Map<String, Object> placed = json(messages.get(prefix + "orders.placed"));
		assertThat(placed.remove("timestamp")).asString().matches(TIME);
		assertThat(placed).containsOnly(entry("name", "orders.placed"), entry("type", "counter"), entry("value", 3),
				entry("tags", Map.of("kind", "gift", "n", "7")), entry("service", "shop"));
		assertMetric(messages.get(prefix + "orders.open"), "gauge", -2);
		assertMetric(messages.get(prefix + "orders.load"), "gauge", 0.5);
		assertMetric(messages.get(prefix + "orders.price.count"), "counter", 2);
		assertMetric(messages.get(prefix + "orders.price.sum"), "counter", 30.5);
		assertMetric(messages.get(prefix + "orders.price.min"), "gauge", 10.0);
		assertMetric(messages.get(prefix + "orders.price.max"), "gauge", 20.5);
	}

	private static void assertMetric(Message message, String type, Number value) {
		assertThat(json(message)).containsOnlyKeys("name", "type", "value", "service", "timestamp")
			.containsEntry("type", type)
			.containsEntry("value", value);
	}

	private ConfigurableApplicationContext start(String signal) {
		return TelemetryApplication.start(new Class<?>[] { TelemetryApplication.class }, arguments(signal));
	}

	private String[] arguments(String signal) {
		return new String[] { "--tracing.telemetry.nats.servers=" + this.server.url(),
				"--tracing.telemetry.format=dagnats", "--tracing.telemetry.signals=" + signal,
				"--management.otlp.metrics.export.enabled=false" };
	}

	private Map<String, Message> bySubject() {
		// A reader of metrics collects for a flush, and current values again at its end.
		return StreamMessages.of(this.server)
			.stream()
			// Not those of the SDK about itself.
			.filter((message) -> !message.getSubject().contains(".otel."))
			.collect(Collectors.toMap(Message::getSubject, Function.identity(), (first, again) -> first));
	}

	private static Map<String, Object> json(Message message) {
		return JsonPath.read(text(message), "$");
	}

	private static String text(Message message) {
		return new String(message.getData(), StandardCharsets.UTF_8);
	}

}
