// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.tracing.orderflow.customer.LoadController;
import io.tracing.orderflow.customer.LoadObserver;
import io.tracing.orderflow.customer.OrderClient;
import io.tracing.orderflow.customer.OrderClient.PlacedOrder;
import io.tracing.orderflow.terminal.CollectedTrace;
import io.tracing.orderflow.terminal.TraceCollector;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Starts everything, places an order and prints its trace. Then it prints the trace of
 * every further order, except for those of a load.
 */
final class Demo implements LoadObserver {

	/** No exit status: services keep running. */
	static final int RUNNING = -1;

	private static final Duration TRACE_LIMIT = Duration.ofSeconds(30);

	private final Console console;

	private final CommandLine commandLine;

	private final TraceCollector traces = new TraceCollector();

	private final TracePrinter printer;

	private volatile @Nullable StreamedTelemetry telemetry;

	Demo(Console console, CommandLine commandLine) {
		this.console = console;
		this.commandLine = commandLine;
		this.printer = new TracePrinter(console, this.traces, journey(Set.of()));
	}

	int run() {
		this.console.print("OrderFlow: six services, Kafka, NATS, one database, one trace\n");
		OrderFlow orderFlow = OrderFlow.start(this.commandLine.properties(), this.traces, this::addLoad,
				this.commandLine.telemetryByNats(), this.console);
		StreamedTelemetry streamed = orderFlow.telemetry();
		this.telemetry = streamed;
		List<String> problems = firstTrace(new OrderClient(orderFlow.url(Role.GATEWAY)));
		if (streamed != null) {
			this.console.print("\n" + streamed.summary());
		}
		if (this.commandLine.once()) {
			orderFlow.close();
			return problems.isEmpty() ? 0 : 1;
		}
		this.printer.start();
		this.console.print(whatToTry(orderFlow));
		return RUNNING;
	}

	private OrderJourney journey(Set<String> services) {
		return this.commandLine.telemetryByNats()
				? new OrderJourney(this.traces, services, OrderJourney.QUIET_BY_NATS, this::hasArrived)
				: new OrderJourney(this.traces, services);
	}

	private boolean hasArrived() {
		StreamedTelemetry streamed = this.telemetry;
		return streamed == null || streamed.isDrained();
	}

	private List<String> firstTrace(OrderClient client) {
		PlacedOrder order = client.place(OrderClient.ORDER);
		if (!order.isAccepted()) {
			String problem = "the order was not accepted: " + order.status() + " " + order.body();
			this.console.print(problem);
			return List.of(problem);
		}
		this.console.print("\nPlaced order " + order.orderId() + ", waiting until its trace is complete ...");
		Set<String> services = new TreeSet<>(Role.START_ORDER.stream().map(Role::text).toList());
		List<String> problems = journey(services).await(order.traceId(), TRACE_LIMIT,
				() -> !client.isPending(order.orderId()));
		this.console.print(this.traces.trace(order.traceId()), problems);
		return problems;
	}

	private static String whatToTry(OrderFlow orderFlow) {
		URI gateway = orderFlow.url(Role.GATEWAY);
		String taken = (gateway.getPort() != Role.GATEWAY.port()) ? "   (port 8080 is not free)" : "";
		return """

				Orders   %1$s/orders%3$s
				Stock    %1$s/inventory/stock

				An order that fails, with its retries and its dead letter:
				  curl -i %1$s/orders -H 'Content-Type: application/json' -d '%2$s'
				An order that no carrier takes, with its redeliveries:
				  curl -i %1$s/orders -H 'Content-Type: application/json' -d '%4$s'
				Thirty orders a second for ten seconds, more than the worker can take:
				  curl -N -X POST '%1$s/load?rate=30&seconds=10'

				The trace of every further order appears here. Stop with Ctrl-C.
				""".formatted(gateway, OrderClient.FAILING_ORDER, taken, OrderClient.UNSHIPPABLE_ORDER);
	}

	private void addLoad(ConfigurableApplicationContext gateway) {
		((GenericApplicationContext) gateway).registerBean(LoadController.class,
				() -> new LoadController(this.traces, this));
	}

	@Override
	public void loadBegins() {
		this.printer.pause();
		Logging.orders(false);
		this.console.print("\nA load runs: its traces are not printed");
	}

	@Override
	public void loadEnds(String summary, @Nullable CollectedTrace slowest) {
		this.console.print("Load done: " + summary);
		if (slowest != null) {
			this.console.print("\nIts slowest order:");
			this.console.print(slowest, slowest.problems());
		}
		Logging.orders(true);
		this.printer.resume();
	}

}
