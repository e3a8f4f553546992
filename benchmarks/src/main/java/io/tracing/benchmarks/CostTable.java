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

	private final Section section;

	CostTable(Section section) {
		this.section = section;
	}

	void add(Variant variant, List<Cost> measured) {
		this.costs.computeIfAbsent(variant, (key) -> new ArrayList<>()).addAll(measured);
	}

	String toMarkdown() {
		Cost none = cost(Variant.NONE);
		List<Variant> yardsticks = YARDSTICKS.stream().filter(this.costs::containsKey).toList();
		StringBuilder table = new StringBuilder("| tracing | added CPU ns | added B |");
		yardsticks.forEach((yardstick) -> table.append(format(" CPU ns / %s | B / %1$s |", yardstick.id())));
		table.append("\n|---|---:|---:|").append("---:|---:|".repeat(yardsticks.size())).append('\n');
		for (Variant variant : this.costs.keySet()) {
			if (variant != Variant.NONE) {
				table.append(row(variant, none, yardsticks));
			}
		}
		table.append(format("%nWithout tracing: %,.0f CPU ns, %,.0f B.%n", none.processorNanoseconds(), none.bytes()));
		return (this.section.broker() == Section.Broker.NATS) ? table.append(throughput(none)).toString()
				: table.toString();
	}

	private String row(Variant variant, Cost none, List<Variant> yardsticks) {
		Cost added = cost(variant).minus(none);
		StringBuilder row = new StringBuilder(
				format("| %s | %,.0f | %,.0f |", variant.id(), added.processorNanoseconds(), added.bytes()));
		for (Variant yardstick : yardsticks) {
			Cost one = cost(yardstick).minus(none);
			row.append(format(" %.2f | %.2f |", added.processorNanoseconds() / one.processorNanoseconds(),
					added.bytes() / one.bytes()));
		}
		return row.append('\n').toString();
	}

	/**
	 * How many messages a second come through, server and all.
	 */
	private String throughput(Cost none) {
		StringBuilder line = new StringBuilder(format("%nMessages a second: none %,.0f", 1e9 / none.nanoseconds()));
		for (Variant variant : this.costs.keySet()) {
			if (variant != Variant.NONE) {
				double nanoseconds = cost(variant).nanoseconds();
				line.append(format(", %s %,.0f (%.0f %%)", variant.id(), 1e9 / nanoseconds,
						100 * none.nanoseconds() / nanoseconds));
			}
		}
		return line.append(".\n").toString();
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
