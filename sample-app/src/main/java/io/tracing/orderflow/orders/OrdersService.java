// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import io.tracing.orderflow.nats.NatsConfiguration;
import io.tracing.orderflow.service.ServiceConfiguration;
import io.tracing.orderflow.service.Topics;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/**
 * The orders service. Run it with {@code spring.config.name=application,orders}.
 */
@SpringBootApplication
@EnableConfigurationProperties(OutboxProperties.class)
@Import({ ServiceConfiguration.class, Topics.class, NatsConfiguration.class })
public class OrdersService {

}
