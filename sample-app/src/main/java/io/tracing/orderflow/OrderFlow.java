// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.tracing.orderflow.infrastructure.KafkaBroker;
import io.tracing.orderflow.terminal.TraceCollector;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * All of OrderFlow in this JVM: Kafka, NATS, database and six services, each service in
 * an application context of its own, and one collector that sees the spans of all.
 */
final class OrderFlow implements AutoCloseable {

	private static final Duration ASSIGNMENT_LIMIT = Duration.ofSeconds(15);

	private final Infrastructure infrastructure;

	private final Map<Role, ConfigurableApplicationContext> services = new ConcurrentHashMap<>();

	private final TraceCollector traces;

	private @Nullable StreamedTelemetry telemetry;

	private OrderFlow(Infrastructure infrastructure, TraceCollector traces) {
		this.infrastructure = infrastructure;
		this.traces = traces;
	}

	/**
	 * Starts everything.
	 * @param properties properties for all services, each as {@code --name=value};
	 * {@code server.port} goes to the gateway alone
	 * @param traces sees the spans of all services
	 * @param gateway adds beans to the gateway's context
	 * @param telemetryByNats whether spans come to the collector by the stream and a
	 * bridge, or straight from the services
	 * @param progress hears of each step
	 */
	static OrderFlow start(List<String> properties, TraceCollector traces, ApplicationContextInitializer<?> gateway,
			boolean telemetryByNats, Progress progress) {
		OrderFlow orderFlow = new OrderFlow(Infrastructure.start(0, 0, 0, progress), traces);
		Runtime.getRuntime().addShutdownHook(new Thread(orderFlow::close, "orderflow-shutdown"));
		try {
			if (telemetryByNats) {
				progress.begin(Role.BRIDGE.text());
				StreamedTelemetry telemetry = StreamedTelemetry.start(orderFlow.infrastructure.nats().url(), traces);
				orderFlow.telemetry = telemetry;
				progress.end(Role.BRIDGE.text(), "TELEMETRY to " + telemetry.url());
			}
			for (Role role : Role.START_ORDER) {
				progress.begin(role.text());
				orderFlow.services.put(role, orderFlow.launcher(role, properties, gateway).start(properties));
				progress.end(role.text(), orderFlow.url(role).toString());
			}
			orderFlow.awaitAssignment();
			return orderFlow;
		}
		catch (RuntimeException ex) {
			orderFlow.close();
			throw ex;
		}
	}

	private ServiceLauncher launcher(Role role, List<String> properties, ApplicationContextInitializer<?> gateway) {
		ServiceLauncher launcher = new ServiceLauncher(role).withoutShutdownHook()
			.defaults(Logging.DEFAULTS)
			// OTEL_SERVICE_NAME would give all six services one name.
			.set("management.opentelemetry.resource-attributes[service.name]", role.text())
			// One consumer for each partition: a load is worked off while one looks on.
			.defaults(Map.of("spring.kafka.listener.concurrency", 3))
			.set("spring.kafka.bootstrap-servers", this.infrastructure.broker().bootstrapServers())
			.set("orderflow.nats.url", this.infrastructure.nats().url())
			.set("spring.datasource.url", this.infrastructure.database().jdbcUrl());
		if (this.telemetry != null) {
			this.telemetry.publisher().forEach(launcher::set);
		}
		else {
			launcher.initializer(this::collectSpans);
		}
		for (Role started : this.services.keySet()) {
			launcher.set("orderflow." + started.text() + ".url", url(started));
		}
		if (role != Role.GATEWAY) {
			return launcher.set("server.port", 0);
		}
		launcher.initializer(gateway);
		boolean chosen = properties.stream().anyMatch((property) -> property.startsWith("--server.port="));
		return chosen ? launcher : launcher.set("server.port", isFree(role.port()) ? role.port() : 0);
	}

	private void collectSpans(ConfigurableApplicationContext context) {
		((GenericApplicationContext) context).registerBean(TraceCollector.class, () -> this.traces);
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket(port)) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Until the worker has its partitions, an order would wait for that, and its trace
	 * would show the start of a consumer instead of a queue.
	 */
	private void awaitAssignment() {
		long limit = System.nanoTime() + ASSIGNMENT_LIMIT.toNanos();
		KafkaListenerEndpointRegistry listeners = service(Role.WORKER).getBean(KafkaListenerEndpointRegistry.class);
		while (System.nanoTime() < limit
				&& listeners.getListenerContainers().stream().anyMatch(OrderFlow::hasNoPartition)) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
		}
	}

	private static boolean hasNoPartition(MessageListenerContainer container) {
		var partitions = container.getAssignedPartitions();
		return partitions == null || partitions.isEmpty();
	}

	ConfigurableApplicationContext service(Role role) {
		return Objects.requireNonNull(this.services.get(role), () -> role.text() + " does not run");
	}

	URI url(Role role) {
		String port = service(role).getEnvironment().getRequiredProperty("local.server.port");
		return URI.create("http://localhost:" + port);
	}

	KafkaBroker broker() {
		return this.infrastructure.broker();
	}

	TraceCollector traces() {
		return this.traces;
	}

	@Nullable StreamedTelemetry telemetry() {
		return this.telemetry;
	}

	/**
	 * Stops the services one after the other, so that each can finish what it has begun,
	 * and then what they need for it. Closing a context exports its last spans.
	 */
	@Override
	public synchronized void close() {
		for (Role role : Role.STOP_ORDER) {
			ConfigurableApplicationContext service = this.services.remove(role);
			if (service != null) {
				service.close();
			}
		}
		if (this.telemetry != null) {
			this.telemetry.close();
			this.telemetry = null;
		}
		this.infrastructure.close();
	}

}
