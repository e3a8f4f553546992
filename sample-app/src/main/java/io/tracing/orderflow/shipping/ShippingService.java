// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.shipping;

import io.tracing.orderflow.nats.NatsConfiguration;
import io.tracing.orderflow.service.ServiceConfiguration;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * The shipping service. Run it with {@code spring.config.name=application,shipping}.
 */
@SpringBootApplication(
		exclude = { DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class, KafkaAutoConfiguration.class })
@EnableConfigurationProperties(ShippingProperties.class)
@Import({ ServiceConfiguration.class, NatsConfiguration.class })
public class ShippingService {

}
