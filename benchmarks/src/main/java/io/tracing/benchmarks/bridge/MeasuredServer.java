// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.util.Set;
import java.util.stream.Collectors;

import io.tracing.natsserver.NatsServerBinary;
import io.tracing.natsserver.NatsServerProcess;

/**
 * A nats-server, and how long it has kept processors busy.
 *
 * @param process the server
 * @param handle what the operating system knows of it
 */
record MeasuredServer(NatsServerProcess process, ProcessHandle handle) implements AutoCloseable {

	static MeasuredServer start() {
		Set<ProcessHandle> others = ProcessHandle.current().children().collect(Collectors.toSet());
		NatsServerProcess process = NatsServerProcess.start(NatsServerBinary.locate(System.out::println),
				NatsServerProcess.ANY_PORT);
		// For a run that is broken off.
		Runtime.getRuntime().addShutdownHook(new Thread(process::close));
		ProcessHandle handle = ProcessHandle.current()
			.children()
			.filter((child) -> !others.contains(child))
			.findFirst()
			.orElseThrow();
		return new MeasuredServer(process, handle);
	}

	double processorMicros() {
		return ChildProcess.processorMicros(this.handle);
	}

	@Override
	public void close() {
		this.process.close();
	}

}
