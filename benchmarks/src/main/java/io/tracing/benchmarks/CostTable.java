// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The measurements of one benchmark, as a Markdown table of what each variant adds to no
 * tracing.
 */
final class CostTable {

	private static final List<Variant> YARDSTICKS = List.of(Variant.FLOOR, Variant.OPENTELEMETRY);

	private final Map<Variant, List<Cost>> costs = new EnumMap<>(Variant.class);

	void add(Variant variant, List<Cost> measured) {
		this.costs.computeIfAbsent(variant, (key) -> new ArrayList<>()).addAll(measured);
	}

	String toMarkdown() {
		Cost none = cost(Variant.NONE);
		StringBuilder table = new StringBuilder("| tracing | added ns | added B |");
		YARDSTICKS.forEach((yardstick) -> table.append(" ns / ")
			.append(yardstick.id())
			.append(" | B / ")
			.append(yardstick.id())
			.append(" |"));
		table.append("\n|---|---:|---:|").append("---:|---:|".repeat(YARDSTICKS.size())).append('\n');
		for (Variant variant : this.costs.keySet()) {
			if (variant != Variant.NONE) {
				table.append(row(variant, cost(variant).minus(none), none));
			}
		}
		return table.append(format("%nWithout tracing: %,.0f ns, %,.0f B.%n", none.nanoseconds(), none.bytes()))
			.toString();
	}

	private String row(Variant variant, Cost added, Cost none) {
		StringBuilder row = new StringBuilder(
				format("| %s | %,.0f | %,.0f |", variant.id(), added.nanoseconds(), added.bytes()));
		for (Variant yardstick : YARDSTICKS) {
			Cost unit = cost(yardstick).minus(none);
			row.append(
					format(" %.2f | %.2f |", added.nanoseconds() / unit.nanoseconds(), added.bytes() / unit.bytes()));
		}
		return row.append('\n').toString();
	}

	private Cost cost(Variant variant) {
		List<Cost> measured = this.costs.getOrDefault(variant, List.of());
		if (measured.isEmpty()) {
			throw new IllegalStateException("Nothing was measured for '" + variant.id() + "'");
		}
		return Cost.typical(measured);
	}

	private static String format(String format, Object... arguments) {
		return String.format(Locale.ROOT, format, arguments);
	}

}
