// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.tracing.orderflow.email.EmailService;
import io.tracing.orderflow.gateway.GatewayService;
import io.tracing.orderflow.infrastructure.KafkaBroker;
import io.tracing.orderflow.infrastructure.NatsServer;
import io.tracing.orderflow.infrastructure.PostgresServer;
import io.tracing.orderflow.inventory.InventoryService;
import io.tracing.orderflow.orders.OrdersService;
import io.tracing.orderflow.shipping.ShippingService;
import io.tracing.orderflow.worker.WorkerService;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * All six services in this JVM. They are started once and stay up until the JVM ends;
 * tests keep apart by placing orders of their own.
 */
public final class RunningServices {

	/**
	 * The attribute that names the order of a span.
	 */
	public static final AttributeKey<String> ORDER_ID = AttributeKey.stringKey("order.id");

	private final KafkaBroker broker;

	private final NatsServer nats;

	private final Map<String, ConfigurableApplicationContext> contexts = new LinkedHashMap<>();

	private final CollectedSpans spans = new CollectedSpans();

	private final PostgresServer database;

	private RunningServices() {
		try {
			this.broker = KafkaBroker.start(0, Files.createTempDirectory("orderflow-kafka-"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.nats = NatsServer.start(0, System.out::println);
		this.database = PostgresServer.start(0);
		start("email", EmailService.class);
		start("inventory", InventoryService.class);
		start("orders", OrdersService.class);
		start("shipping", ShippingService.class);
		start("worker", WorkerService.class);
		start("gateway", GatewayService.class);
	}

	/**
	 * Return the running services, starting them at the first call.
	 * @return the running services
	 */
	public static RunningServices shared() {
		return Holder.INSTANCE;
	}

	/**
	 * Return the broker between orders and worker.
	 * @return the broker
	 */
	public KafkaBroker broker() {
		return this.broker;
	}

	/**
	 * Return the server between worker, shipping and orders.
	 * @return the server
	 */
	public NatsServer nats() {
		return this.nats;
	}

	/**
	 * Return the spans of all services.
	 * @return those that have ended
	 */
	public List<SpanData> spans() {
		return this.spans.all();
	}

	/**
	 * Return the address of a service.
	 * @param role the service
	 * @return its base URL
	 */
	public String url(String role) {
		return "http://localhost:" + service(role).getEnvironment().getProperty("local.server.port");
	}

	/**
	 * Return a service's application context.
	 * @param role the service
	 * @return its context
	 */
	public ConfigurableApplicationContext service(String role) {
		ConfigurableApplicationContext context = this.contexts.get(role);
		if (context == null) {
			throw new IllegalArgumentException("No service '" + role + "', there are " + this.contexts.keySet());
		}
		return context;
	}

	/**
	 * Stop the worker as a termination signal does, and wait until it has stopped.
	 */
	public void stopWorker() {
		service("worker").close();
	}

	/**
	 * Start the worker again. Nobody calls it, so nobody minds that its port is another.
	 */
	public void startWorker() {
		start("worker", WorkerService.class);
	}

	/**
	 * Stop shipping as a termination signal does, and wait until it has stopped.
	 */
	public void stopShipping() {
		service("shipping").close();
	}

	/**
	 * Start shipping again.
	 */
	public void startShipping() {
		start("shipping", ShippingService.class);
	}

	private void start(String role, Class<?> configuration) {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("spring.config.name", "application," + role);
		properties.put("server.port", "0");
		properties.put("spring.kafka.bootstrap-servers", this.broker.bootstrapServers());
		properties.put("spring.datasource.url", this.database.jdbcUrl());
		properties.put("orderflow.nats.url", this.nats.url());
		properties.put("orderflow.nats.redelivery-delay", "50ms");
		properties.put("orderflow.email.min-delay", "1ms");
		properties.put("orderflow.email.max-delay", "5ms");
		properties.put("orderflow.worker.retry.initial-interval", "50ms");
		this.contexts.keySet()
			.stream()
			.filter((other) -> !other.equals(role))
			.forEach((other) -> properties.put("orderflow." + other + ".url", url(other)));
		String[] arguments = properties.entrySet()
			.stream()
			.map((property) -> "--" + property.getKey() + "=" + property.getValue())
			.toArray(String[]::new);
		this.contexts.put(role,
				new SpringApplicationBuilder(configuration)
					.initializers((context) -> ((GenericApplicationContext) context).registerBean("testSpans",
							SpanProcessor.class, () -> this.spans))
					.run(arguments));
	}

	private static final class Holder {

		static final RunningServices INSTANCE = new RunningServices();

	}

}
