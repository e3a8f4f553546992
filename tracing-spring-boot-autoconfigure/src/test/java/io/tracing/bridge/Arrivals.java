// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When the requests of each path arrived at a backend.
 */
final class Arrivals {

	private final Map<String, List<Arrival>> arrivals = new HashMap<>();

	/**
	 * A request arrives.
	 * @param path its path
	 * @return how many of the path came before it
	 */
	synchronized int add(String path) {
		List<Arrival> ofPath = this.arrivals.computeIfAbsent(path, (key) -> new ArrayList<>());
		ofPath.add(new Arrival(System.nanoTime(), Instant.now()));
		return ofPath.size() - 1;
	}

	synchronized Duration between(String path, int first, int second) {
		List<Arrival> ofPath = this.arrivals.get(path);
		return Duration.ofNanos(ofPath.get(second).nanos() - ofPath.get(first).nanos());
	}

	synchronized Instant time(String path, int number) {
		return this.arrivals.get(path).get(number).time();
	}

	private record Arrival(long nanos, Instant time) {
	}

}
