// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;

import com.sun.management.ThreadMXBean;
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

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private long before;

	@Override
	public String getDescription() {
		return "Processor time of Java's threads per operation";
	}

	@Override
	public void beforeIteration(BenchmarkParams benchmarkParams, IterationParams iterationParams) {
		this.before = now();
	}

	@Override
	public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmarkParams,
			IterationParams iterationParams, IterationResult result) {
		double time = now() - this.before;
		return List
			.of(new ScalarResult(LABEL, time / result.getMetadata().getAllOps(), "ns/op", AggregationPolicy.AVG));
	}

	private long now() {
		return LongStream.of(this.threads.getThreadCpuTime(this.threads.getAllThreadIds()))
			.filter((time) -> time > 0)
			.sum();
	}

}
