// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Traces Kafka: producers made by any {@code ProducerFactory}, and the record listeners
 * of any Spring Kafka container.
 */
@NullMarked
package io.tracing.kafka;

import org.jspecify.annotations.NullMarked;
