// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Reports the time that the threads of Java kept processors busy. What other processes do
 * on the same machine is no part of it. With a server on the other side of a socket, the
 * time that passes is mostly the time that one waits for the other. The compiler and the
 * garbage collector are left out: what they do in one iteration was caused in another.
 */
public final class ProcessorTime implements InternalProfiler {

	static final String LABEL = "cpu.norm";

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private Map<Long, Long> before = Map.of();

	@Override
	public String getDescription() {
		return "Processor time of Java's threads per operation";
	}

	@Override
	public void beforeIteration(BenchmarkParams benchmarkParams, IterationParams iterationParams) {
		this.before = nanoseconds();
	}

	@Override
	public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmarkParams,
			IterationParams iterationParams, IterationResult result) {
		double time = 0;
		for (Map.Entry<Long, Long> thread : nanoseconds().entrySet()) {
			time += thread.getValue() - this.before.getOrDefault(thread.getKey(), 0L);
		}
		return List
			.of(new ScalarResult(LABEL, time / result.getMetadata().getAllOps(), "ns/op", AggregationPolicy.AVG));
	}

	/**
	 * Thread by thread: the sum over all would fall by the whole life of one that ends.
	 */
	private Map<Long, Long> nanoseconds() {
		Map<Long, Long> nanoseconds = new HashMap<>();
		for (long thread : this.threads.getAllThreadIds()) {
			nanoseconds.put(thread, Math.max(0, this.threads.getThreadCpuTime(thread)));
		}
		return nanoseconds;
	}

}
