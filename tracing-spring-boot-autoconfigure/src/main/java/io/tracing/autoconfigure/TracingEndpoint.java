// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.List;
import java.util.Locale;

import io.tracing.messaging.Faults;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * Shows what is traced, what is not, and why. Names beans and properties, never an
 * address: those can hold credentials.
 */
@Endpoint(id = "tracing")
public final class TracingEndpoint {

	private final TracingSource source;

	private final TracingReport report;

	private final TracingProperties properties;

	private final Faults faults;

	TracingEndpoint(TracingSource source, TracingReport report, TracingProperties properties, Faults faults) {
		this.source = source;
		this.report = report;
		this.properties = properties;
		this.faults = faults;
	}

	/**
	 * Describe the state of tracing.
	 * @return the state
	 */
	@ReadOperation
	public TracingDescriptor tracing() {
		List<BrokerDescriptor> brokers = this.report.brokers()
			.stream()
			.map((broker) -> new BrokerDescriptor(broker.name(), broker.offReason() == null, broker.offReason(),
					broker.components()
						.stream()
						.map((component) -> new ComponentDescriptor(component.bean(), component.kind(),
								component.traced(), component.reason()))
						.toList(),
					broker.replacedObservations()))
			.toList();
		return new TracingDescriptor(this.source.isPresent(), this.source.description(),
				this.properties.semanticConventions(),
				this.properties.consumer().parent().name().toLowerCase(Locale.ROOT), this.faults.count(), brokers,
				this.report.remarks());
	}

	/**
	 * The state of tracing.
	 *
	 * @param enabled whether anything can be traced
	 * @param openTelemetry where OpenTelemetry was found, or why not
	 * @param semanticConventions the conventions that spans follow
	 * @param consumerParent the parent of process spans
	 * @param faults the number of faults of tracing since the start
	 * @param brokers the brokers
	 * @param remarks what is no broker's, such as where telemetry goes
	 */
	public record TracingDescriptor(boolean enabled, String openTelemetry, String semanticConventions,
			String consumerParent, long faults, List<BrokerDescriptor> brokers,
			List<String> remarks) implements OperationResponseBody {

	}

	/**
	 * A broker.
	 *
	 * @param name its name
	 * @param traced whether its clients are traced
	 * @param reason why not
	 * @param components the beans that were seen
	 * @param replacedObservations the beans whose own observation gave way
	 */
	public record BrokerDescriptor(String name, boolean traced, @Nullable String reason,
			List<ComponentDescriptor> components, List<String> replacedObservations) {

	}

	/**
	 * A bean.
	 *
	 * @param bean its name
	 * @param kind what it is
	 * @param traced whether it is traced
	 * @param reason why not
	 */
	public record ComponentDescriptor(String bean, String kind, boolean traced, @Nullable String reason) {

	}

}
