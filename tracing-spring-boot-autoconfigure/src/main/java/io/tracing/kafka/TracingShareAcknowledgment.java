// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.Method;

import io.tracing.messaging.ClientProxy;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.support.ShareAcknowledgment;

/**
 * An acknowledgment whose use is noted on the span of the delivery.
 */
final class TracingShareAcknowledgment extends ClientProxy<ShareAcknowledgment> {

	private final ShareDelivery delivery;

	TracingShareAcknowledgment(ShareAcknowledgment delegate, ShareDelivery delivery) {
		super(delegate);
		this.delivery = delivery;
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		// First, because it throws if the record is acknowledged already.
		Object result = proceed(method, arguments);
		AcknowledgeType type = switch (method.getName()) {
			case "acknowledge" -> AcknowledgeType.ACCEPT;
			case "release" -> AcknowledgeType.RELEASE;
			case "reject" -> AcknowledgeType.REJECT;
			case "renew" -> AcknowledgeType.RENEW;
			default -> null;
		};
		if (type != null) {
			this.delivery.acknowledged(type);
		}
		return result;
	}

}
