// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.MeterRegistry;
import io.nats.client.Message;
import io.nats.client.api.StreamConfiguration;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.tracing.telemetry.JetStreamMetricExporter;
import io.tracing.telemetry.NatsConnection;
import io.tracing.telemetry.StreamMessages;
import io.tracing.telemetry.StreamPublisher;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.NatsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application's telemetry looks like on the stream by default: requests of OTLP,
 * read here with the official classes.
 */
class TelemetryOtlpIntegrationTests {

	private final NatsServer server = NatsServer.start();

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void spansOfABatchAreOneRequest() throws InvalidProtocolBufferException {
		String traceId;
		try (ConfigurableApplicationContext context = TelemetryApplication.start(this.server,
				"--tracing.telemetry.signals=spans")) {
			io.opentelemetry.api.trace.Tracer tracer = context.getBean(OpenTelemetry.class).getTracer("orders", "2.1");
			Span span = tracer.spanBuilder("price").setSpanKind(SpanKind.CLIENT).setAttribute("n", 42).startSpan();
			traceId = span.getSpanContext().getTraceId();
			span.setStatus(StatusCode.ERROR, "too dear").end();
			tracer.spanBuilder("ship").startSpan().end();
		}
		Message message = only("telemetry.spans.shop");
		ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(message.getData());
		List<io.opentelemetry.proto.trace.v1.Span> spans = new ArrayList<>();
		request.getResourceSpansList().forEach((resource) -> {
			assertThat(service(resource.getResource())).isEqualTo("shop");
			resource.getScopeSpansList().forEach((scope) -> {
				assertThat(scope.getScope().getName()).isEqualTo("orders");
				assertThat(scope.getScope().getVersion()).isEqualTo("2.1");
				spans.addAll(scope.getSpansList());
			});
		});
		assertThat(spans).extracting(io.opentelemetry.proto.trace.v1.Span::getName)
			.containsExactlyInAnyOrder("price", "ship");
		assertThat(spans).filteredOn((span) -> span.getName().equals("price")).singleElement().satisfies((price) -> {
			assertThat(HexFormat.of().formatHex(price.getTraceId().toByteArray())).isEqualTo(traceId);
			assertThat(price.getKind()).isEqualTo(io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT);
			assertThat(price.getStatus().getMessage()).isEqualTo("too dear");
			assertThat(price.getAttributes(0).getValue().getIntValue()).isEqualTo(42);
		});
		assertUnknownFieldsAreNone(request);
	}

	@Test
	void logRecordsAreRequestsInTheirTrace() throws InvalidProtocolBufferException {
		String traceId;
		try (ConfigurableApplicationContext context = TelemetryApplication.start(this.server,
				"--tracing.telemetry.signals=logs")) {
			OpenTelemetry openTelemetry = context.getBean(OpenTelemetry.class);
			Span span = openTelemetry.getTracer("orders").spanBuilder("price").startSpan();
			traceId = span.getSpanContext().getTraceId();
			try (Scope scope = span.makeCurrent()) {
				assertThat(scope).isNotNull();
				openTelemetry.getLogsBridge()
					.get("orders")
					.logRecordBuilder()
					.setSeverity(Severity.WARN)
					.setBody("late")
					.setAttribute(AttributeKey.longKey("n"), 42L)
					.emit();
			}
			span.end();
		}
		ExportLogsServiceRequest request = ExportLogsServiceRequest.parseFrom(only("telemetry.logs.shop").getData());
		assertThat(service(request.getResourceLogs(0).getResource())).isEqualTo("shop");
		LogRecord log = request.getResourceLogs(0).getScopeLogs(0).getLogRecords(0);
		assertThat(log.getBody().getStringValue()).isEqualTo("late");
		assertThat(log.getSeverityNumberValue()).isEqualTo(Severity.WARN.getSeverityNumber());
		assertThat(HexFormat.of().formatHex(log.getTraceId().toByteArray())).isEqualTo(traceId);
		assertUnknownFieldsAreNone(request);
	}

	@Test
	void metricsOfMicrometerAreRequestsWithoutALineOfCode() throws InvalidProtocolBufferException {
		try (ConfigurableApplicationContext context = TelemetryApplication.start(this.server,
				"--tracing.telemetry.signals=metrics")) {
			context.getBean(MeterRegistry.class).counter("orders.placed", "kind", "gift").increment(3);
		}
		Set<String> names = new HashSet<>();
		for (Message message : StreamMessages.of(this.server)) {
			assertThat(message.getSubject()).isEqualTo("telemetry.metrics.shop");
			ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(message.getData());
			assertThat(service(request.getResourceMetrics(0).getResource())).isEqualTo("shop");
			for (Metric metric : request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList()) {
				names.add(metric.getName());
				if (metric.getName().equals("orders.placed")) {
					assertThat(metric.getSum().getDataPoints(0).getAsDouble()).isEqualTo(3);
				}
			}
		}
		assertThat(names).contains("orders.placed", "tracing.telemetry.published", "tracing.telemetry.dropped",
				"tracing.telemetry.retried", "tracing.telemetry.buffer");
	}

	@Test
	void metricsOfOpenTelemetryAreRequestsWhereThereIsAReader() throws InvalidProtocolBufferException {
		Class<?>[] application = { TelemetryApplication.class, MetricReader.class };
		try (ConfigurableApplicationContext context = TelemetryApplication.start(application,
				"--tracing.telemetry.nats.servers=" + this.server.url(), "--tracing.telemetry.signals=metrics",
				"--management.otlp.metrics.export.enabled=false")) {
			context.getBean(OpenTelemetry.class).getMeter("orders").counterBuilder("orders.placed").build().add(3);
		}
		// The reader collects for a flush, and again at its end.
		ExportMetricsServiceRequest request = ExportMetricsServiceRequest
			.parseFrom(StreamMessages.of(this.server).get(0).getData());
		Metric metric = request.getResourceMetrics(0).getScopeMetrics(0).getMetrics(0);
		assertThat(metric.getName()).isEqualTo("orders.placed");
		assertThat(metric.getSum().getDataPoints(0).getAsInt()).isEqualTo(3);
		assertThat(metric.getSum().getAggregationTemporality())
			.isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
		assertUnknownFieldsAreNone(request);
	}

	@Test
	void streamIsCreatedAsDocumented() throws Exception {
		publishOneSpan();
		try (NatsConnection nats = new NatsConnection(this.server)) {
			StreamConfiguration stream = nats.connection()
				.jetStreamManagement()
				.getStreamInfo("TELEMETRY")
				.getConfiguration();
			assertThat(stream.getSubjects()).containsExactly("telemetry.>");
			assertThat(stream.getMaxAge()).isEqualTo(Duration.ofDays(7));
			assertThat(stream.getMaxBytes()).isEqualTo(1_073_741_824L);
			assertThat(stream.getReplicas()).isEqualTo(1);
		}
	}

	@Test
	void existingStreamIsLeftAlone() throws Exception {
		try (NatsConnection nats = new NatsConnection(this.server)) {
			String theirs = nats.connection()
				.jetStreamManagement()
				.addStream(StreamConfiguration.builder()
					.name("TELEMETRY")
					.subjects("telemetry.>")
					.maxAge(Duration.ofHours(1))
					.duplicateWindow(Duration.ofSeconds(5))
					.build())
				.getConfiguration()
				.toJson();
			publishOneSpan();
			assertThat(only("telemetry.spans.shop")).isNotNull();
			assertThat(nats.connection().jetStreamManagement().getStreamInfo("TELEMETRY").getConfiguration().toJson())
				.isEqualTo(theirs);
		}
	}

	private void publishOneSpan() {
		StreamPublisher publisher;
		try (ConfigurableApplicationContext context = TelemetryApplication.start(this.server,
				"--tracing.telemetry.signals=spans")) {
			context.getBean(OpenTelemetry.class).getTracer("orders").spanBuilder("price").startSpan().end();
			publisher = context.getBean(StreamPublisher.class);
		}
		assertThat(publisher.counters().published(Signal.SPANS)).isEqualTo(1);
	}

	private Message only(String subject) {
		List<Message> messages = StreamMessages.of(this.server);
		assertThat(messages).singleElement().satisfies((message) -> {
			assertThat(message.getSubject()).isEqualTo(subject);
			assertThat(message.getHeaders().getFirst("Content-Type")).isEqualTo("application/x-protobuf");
			assertThat(message.getHeaders().getFirst("Nats-Msg-Id")).matches("[0-9a-f-]{36}\\.1");
			assertThat(message.getHeaders().keySet()).containsExactlyInAnyOrder("Content-Type", "Nats-Msg-Id");
		});
		return messages.get(0);
	}

	private static String service(Resource resource) {
		return resource.getAttributesList()
			.stream()
			.filter((attribute) -> attribute.getKey().equals("service.name"))
			.findFirst()
			.orElseThrow()
			.getValue()
			.getStringValue();
	}

	private static void assertUnknownFieldsAreNone(com.google.protobuf.Message message) {
		assertThat(message.getUnknownFields().asMap()).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	static class MetricReader {

		@Bean
		SdkMeterProvider meterProvider(JetStreamMetricExporter exporter,
				io.opentelemetry.sdk.resources.Resource resource) {
			return SdkMeterProvider.builder()
				.setResource(resource)
				.registerMetricReader(PeriodicMetricReader.create(exporter))
				.build();
		}

	}

}
