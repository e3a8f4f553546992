// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

import io.tracing.orderflow.bridge.BridgeService;
import io.tracing.orderflow.email.EmailService;
import io.tracing.orderflow.gateway.GatewayService;
import io.tracing.orderflow.inventory.InventoryService;
import io.tracing.orderflow.orders.OrdersService;
import io.tracing.orderflow.shipping.ShippingService;
import io.tracing.orderflow.worker.WorkerService;
import org.jspecify.annotations.Nullable;

/**
 * What a process of OrderFlow can be.
 */
enum Role {

	ALL(null, 0), INFRASTRUCTURE(null, 0), GATEWAY(GatewayService.class, 8080), ORDERS(OrdersService.class, 8081),
	INVENTORY(InventoryService.class, 8082), WORKER(WorkerService.class, 8083), EMAIL(EmailService.class, 8084),
	SHIPPING(ShippingService.class, 8085), BRIDGE(BridgeService.class, 8086);

	/** A service starts after those that it calls. */
	static final List<Role> START_ORDER = List.of(INVENTORY, ORDERS, EMAIL, SHIPPING, WORKER, GATEWAY);

	/**
	 * No new orders, then no new messages, then what the worker and shipping need to
	 * finish their last.
	 */
	static final List<Role> STOP_ORDER = List.of(GATEWAY, WORKER, SHIPPING, ORDERS, INVENTORY, EMAIL);

	private final @Nullable Class<?> configuration;

	private final int port;

	Role(@Nullable Class<?> configuration, int port) {
		this.configuration = configuration;
		this.port = port;
	}

	static Role of(String name) {
		return Arrays.stream(values())
			.filter((role) -> role.text().equals(name))
			.findFirst()
			.orElseThrow(() -> new UsageException("unknown role '" + name + "': it is one of " + texts()));
	}

	static String texts() {
		return Arrays.stream(values()).map(Role::text).collect(Collectors.joining(", "));
	}

	String text() {
		return name().toLowerCase(Locale.ROOT);
	}

	boolean isService() {
		return START_ORDER.contains(this);
	}

	/** The port that the service listens on if nobody says otherwise. */
	int port() {
		return this.port;
	}

	Class<?> configuration() {
		return Objects.requireNonNull(this.configuration, () -> text() + " is no service");
	}

}
