// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Remembers what is traced, what is not, and why: for the line at start-up and for the
 * endpoint. Nothing is silently off.
 */
final class TracingReport {

	private final Map<String, Broker> brokers = new ConcurrentHashMap<>();

	private final List<String> remarks = new CopyOnWriteArrayList<>();

	Broker broker(String name) {
		return this.brokers.computeIfAbsent(name, Broker::new);
	}

	List<Broker> brokers() {
		return this.brokers.values().stream().sorted((a, b) -> a.name.compareTo(b.name)).toList();
	}

	/**
	 * Add what is no client of a broker, such as the way that telemetry takes.
	 * @param remark a clause
	 */
	void remark(String remark) {
		this.remarks.add(remark);
	}

	List<String> remarks() {
		return this.remarks;
	}

	/**
	 * What is known of one broker's clients.
	 */
	static final class Broker {

		private final String name;

		private final List<Component> components = new ArrayList<>();

		private final Set<String> replacedObservations = new LinkedHashSet<>();

		private volatile @Nullable String offReason;

		Broker(String name) {
			this.name = name;
		}

		String name() {
			return this.name;
		}

		void off(String reason) {
			this.offReason = reason;
		}

		@Nullable String offReason() {
			return this.offReason;
		}

		synchronized void traced(String kind, String bean) {
			add(new Component(kind, bean, true, null));
		}

		synchronized void untraced(String kind, String bean, String reason) {
			add(new Component(kind, bean, false, reason));
		}

		/**
		 * Spring's own observation of a bean gave way.
		 */
		synchronized void replacedObservation(String bean) {
			this.replacedObservations.add(bean);
		}

		synchronized List<String> replacedObservations() {
			return List.copyOf(this.replacedObservations);
		}

		private void add(Component component) {
			this.components.removeIf((other) -> other.bean().equals(component.bean()));
			this.components.add(component);
		}

		synchronized List<Component> components() {
			return List.copyOf(this.components);
		}

		/**
		 * Such as "Kafka (1 producer factory, 2 listener container factories; not traced:
		 * ...)".
		 */
		String summary() {
			if (this.offReason != null) {
				return "%s: no, %s".formatted(this.name, this.offReason);
			}
			Map<String, Long> counts = components().stream()
				.filter(Component::traced)
				.collect(Collectors.groupingBy(Component::kind, LinkedHashMap::new, Collectors.counting()));
			List<String> parts = new ArrayList<>();
			counts.forEach((kind, count) -> parts.add(count + " " + ((count > 1) ? plural(kind) : kind)));
			Map<Component, String> untraced = new LinkedHashMap<>();
			components().stream()
				.filter((component) -> !component.traced())
				.forEach((component) -> untraced.merge(new Component(component.kind(), "", false, component.reason()),
						"'" + component.bean() + "'", (one, another) -> one + ", " + another));
			untraced.forEach((alike, beans) -> parts.add("not %s, %s".formatted(beans, alike.reason())));
			for (String bean : replacedObservations()) {
				parts.add("in place of Spring's observation of '" + bean + "'");
			}
			return "%s: %s".formatted(this.name, parts.isEmpty() ? "no clients yet" : String.join(", ", parts));
		}

		private static String plural(String kind) {
			return kind.endsWith("y") ? kind.substring(0, kind.length() - 1) + "ies" : kind + "s";
		}

	}

	/**
	 * A bean that is traced or not.
	 *
	 * @param kind what it is, such as "producer factory"
	 * @param bean its name
	 * @param traced whether it is traced
	 * @param reason why it is not
	 */
	record Component(String kind, String bean, boolean traced, @Nullable String reason) {

	}

}
