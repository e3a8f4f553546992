// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.worker;

import io.tracing.orderflow.nats.NatsConfiguration;
import io.tracing.orderflow.service.ServiceConfiguration;
import io.tracing.orderflow.service.Topics;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * The worker. Run it with {@code spring.config.name=application,worker}.
 */
@SpringBootApplication(exclude = { DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class })
@EnableConfigurationProperties(RetryProperties.class)
@Import({ ServiceConfiguration.class, Topics.class, NatsConfiguration.class })
public class WorkerService {

}
