// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import io.tracing.bridge.OtlpBridge;
import io.tracing.bridge.OtlpHttpOptions;
import io.tracing.bridge.SignalState;
import io.tracing.bridge.SignalStatus;
import io.tracing.telemetry.wire.Signal;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A process that is nothing but the OTLP bridge. NATS and the backend may come later: the
 * bridge waits, and says so.
 */
final class BridgeRole {

	/** A server that is there has answered by then. */
	private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

	private final Console console;

	private final ConfigurableApplicationContext context;

	private final OtlpBridge bridge;

	private BridgeRole(Console console, ConfigurableApplicationContext context) {
		this.console = console;
		this.context = context;
		this.bridge = context.getBean(OtlpBridge.class);
	}

	static int run(Console console, CommandLine commandLine) {
		BridgeRole role = new BridgeRole(console,
				new ServiceLauncher(Role.BRIDGE).withoutShutdownHook().start(commandLine.properties()));
		try {
			role.checkCredentials();
		}
		catch (RuntimeException ex) {
			role.context.close();
			throw ex;
		}
		Runtime.getRuntime().addShutdownHook(new Thread(role::stop, "orderflow-shutdown"));
		console.print(role.description());
		return Demo.RUNNING;
	}

	/** Waiting helps where there is no server yet, and not where it lets nobody in. */
	private void checkCredentials() {
		long limit = System.nanoTime() + CONNECT_LIMIT.toNanos();
		while (System.nanoTime() < limit) {
			SignalStatus status = this.bridge.status().get(0);
			if (status.state() != SignalState.WAITING_FOR_STREAM) {
				return;
			}
			if (status.reason() != null && status.reason().contains("credentials")) {
				throw new IllegalStateException(status.reason());
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
		}
	}

	private String description() {
		String stream = property("tracing.telemetry.stream.name", "TELEMETRY");
		String nats = property("tracing.telemetry.nats.servers", "").replaceAll("//[^/,]*@", "//");
		return "OTLP bridge: draining " + stream + " of " + nats + " into " + endpoint()
				+ "\nHealth at http://localhost:" + property("local.server.port", "")
				+ "/actuator/health. Stop with Ctrl-C.";
	}

	private String property(String name, String otherwise) {
		return this.context.getEnvironment().getProperty(name, otherwise);
	}

	private String endpoint() {
		OtlpHttpOptions backend = this.context.getBean(OtlpHttpOptions.class);
		List<String> endpoints = Arrays.stream(Signal.values())
			.map(backend::endpoint)
			.map((endpoint) -> endpoint.replaceAll("/v1/(traces|logs|metrics)$", ""))
			.distinct()
			.toList();
		return String.join(", ", endpoints);
	}

	private void stop() {
		List<SignalStatus> before = this.bridge.status();
		this.context.close();
		List<SignalStatus> after = this.bridge.status();
		long left = before.stream().mapToLong((status) -> Math.max(0, status.lag() + status.pending())).sum();
		this.console.print("OTLP bridge: " + after.stream().map(BridgeRole::summary).collect(Collectors.joining(", "))
				+ "; left in the stream: " + left + " messages");
	}

	private static String summary(SignalStatus status) {
		return "%d %s exported and %d dead-lettered".formatted(status.exported(), status.signal().text(),
				status.deadLetters());
	}

}
