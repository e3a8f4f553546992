// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.worker;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.ExponentialBackOffWithMaxRetries;
import org.springframework.kafka.support.converter.RecordMessageConverter;
import org.springframework.kafka.support.converter.StringJacksonJsonMessageConverter;
import org.springframework.web.client.HttpClientErrorException;

/**
 * What happens to messages that can't be processed. Boot hands both beans to its listener
 * container factory.
 */
@Configuration(proxyBeanMethods = false)
class KafkaConfiguration {

	private static final Log logger = LogFactory.getLog(KafkaConfiguration.class);

	/**
	 * JSON is read by the container, not by the deserializer: a payload that is not JSON
	 * reaches the dead letters byte for byte.
	 */
	@Bean
	RecordMessageConverter recordMessageConverter(JsonMapper json) {
		return new StringJacksonJsonMessageConverter(json);
	}

	@Bean
	CommonErrorHandler errorHandler(KafkaOperations<?, ?> kafka, RetryProperties properties) {
		ExponentialBackOffWithMaxRetries backOff = new ExponentialBackOffWithMaxRetries(properties.maxRetries());
		backOff.setInitialInterval(properties.initialInterval().toMillis());
		backOff.setMultiplier(properties.multiplier());
		backOff.setMaxInterval(properties.maxInterval().toMillis());
		DeadLetterPublishingRecoverer deadLetters = new DeadLetterPublishingRecoverer(kafka);
		DefaultErrorHandler errorHandler = new DefaultErrorHandler((record, ex) -> {
			logger.error("Message " + record.key() + " goes to the dead letters: "
					+ NestedExceptionUtils.getMostSpecificCause(ex).getMessage());
			deadLetters.accept(record, ex);
		}, backOff);
		// What another service calls a bad request does not get better by asking again.
		errorHandler.addNotRetryableExceptions(HttpClientErrorException.class);
		return errorHandler;
	}

}
