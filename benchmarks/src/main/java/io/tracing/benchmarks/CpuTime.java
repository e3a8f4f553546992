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
 * How long the processor works on one message, on all threads of the application. The
 * clock on the wall would count in what other processes do on the same machine.
 */
public final class CpuTime implements InternalProfiler {

	static final String RESULT = "cpu.time.norm";

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private Map<Long, Long> before = Map.of();

	@Override
	public String getDescription() {
		return "CPU time per operation";
	}

	@Override
	public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
		this.before = nanoseconds();
	}

	@Override
	public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
			IterationResult result) {
		long sum = 0;
		for (Map.Entry<Long, Long> thread : nanoseconds().entrySet()) {
			sum += thread.getValue() - this.before.getOrDefault(thread.getKey(), 0L);
		}
		return List.of(new ScalarResult(RESULT, (double) sum / result.getMetadata().getAllOps(), "ns/op",
				AggregationPolicy.AVG));
	}

	private Map<Long, Long> nanoseconds() {
		Map<Long, Long> nanoseconds = new HashMap<>();
		for (long thread : this.threads.getAllThreadIds()) {
			nanoseconds.put(thread, Math.max(0, this.threads.getThreadCpuTime(thread)));
		}
		return nanoseconds;
	}

}
