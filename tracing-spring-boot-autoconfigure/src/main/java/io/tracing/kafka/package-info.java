// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Traces Kafka: producers made by any {@code ProducerFactory}, and the listeners of any
 * Spring Kafka container, whether they take single records or batches.
 */
@NullMarked
package io.tracing.kafka;

import org.jspecify.annotations.NullMarked;
