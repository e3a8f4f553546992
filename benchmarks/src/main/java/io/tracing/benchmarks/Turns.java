// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;

/**
 * Lets forks that run side by side take turns, iteration by iteration: the machine
 * belongs to the one that holds the lock of a file. No profiler at all, but JMH calls
 * nobody else before an iteration.
 */
public final class Turns implements InternalProfiler {

	private final Path file;

	private @Nullable FileChannel turn;

	/**
	 * Create a new instance.
	 * @param file the path of the file
	 */
	public Turns(String file) {
		this.file = Path.of(file);
	}

	@Override
	public String getDescription() {
		return "One fork at a time";
	}

	@Override
	public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
		try {
			this.turn = FileChannel.open(this.file, StandardOpenOption.WRITE);
			this.turn.lock();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not lock '" + this.file + "' to take turns", ex);
		}
	}

	@Override
	public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
			IterationResult result) {
		try {
			if (this.turn != null) {
				// Gives the lock back.
				this.turn.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not unlock '" + this.file + "'", ex);
		}
		return List.of();
	}

}
