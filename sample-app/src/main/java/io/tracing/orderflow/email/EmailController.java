// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.email;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

import jakarta.validation.Valid;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import io.tracing.orderflow.service.OrderScope;

/**
 * The HTTP interface of the email service.
 */
@RestController
class EmailController {

	private static final Log logger = LogFactory.getLog(EmailController.class);

	private final Outbound outbound;

	private final EmailProperties properties;

	private final OrderScope scope;

	EmailController(Outbound outbound, EmailProperties properties, OrderScope scope) {
		this.outbound = outbound;
		this.properties = properties;
		this.scope = scope;
	}

	@PostMapping("/send")
	Map<String, String> send(@Valid @RequestBody Email email) {
		return this.scope.call(email.orderId(), () -> {
			if (!this.outbound.add(email)) {
				return Map.of("status", "already_sent");
			}
			deliver();
			// Addresses are nobody's business but the recipient's.
			logger.info("Email sent: " + email.type().value());
			return Map.of("status", "sent");
		});
	}

	@GetMapping("/sent/{orderId}")
	List<Email> sent(@PathVariable UUID orderId) {
		return this.outbound.find(orderId);
	}

	private void deliver() {
		long min = this.properties.minDelay().toNanos();
		long max = this.properties.maxDelay().toNanos();
		LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(min, max + 1));
	}

}
