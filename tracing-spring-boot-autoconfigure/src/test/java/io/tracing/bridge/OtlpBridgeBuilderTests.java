// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class OtlpBridgeBuilderTests {

	static Stream<Arguments> badValues() {
		return Stream.of(bad("The batch size must be at least 1, but is 0", (builder) -> builder.batchSize(0)),
				bad("The max batch bytes must be at least 1, but is -5", (builder) -> builder.maxBatchBytes(-5)),
				bad("The signals must be at least one", (builder) -> builder.signals(Set.of())),
				bad("The flush interval must be at least 1s, but is 400ms",
						(builder) -> builder.flushInterval(Duration.ofMillis(400))),
				bad("The max deliveries must be at least 1, but is 0", (builder) -> builder.maxDeliveries(0)),
				bad("The retry delay must be at least 0s, but is -1s",
						(builder) -> builder.retryDelay(Duration.ofSeconds(-1))),
				bad("The ack wait must be at least 3s, but is 2s", (builder) -> builder.ackWait(Duration.ofSeconds(2))),
				bad("The requests in flight must be at least 1, but is 0", (builder) -> builder.requestsInFlight(0)),
				bad("The first backoff must be at least 1ms, but is 0s",
						(builder) -> builder.backoff(Duration.ZERO, Duration.ofSeconds(1))),
				bad("The longest backoff must be at least 1m, but is 1s",
						(builder) -> builder.backoff(Duration.ofMinutes(1), Duration.ofSeconds(1))),
				bad("The pause must be at least 1ms, but is 0s", (builder) -> builder.pause(Duration.ZERO)),
				bad("The shutdown timeout must be at least 0s, but is -10s",
						(builder) -> builder.shutdownTimeout(Duration.ofSeconds(-10))),
				bad("The service name must not be blank", (builder) -> builder.serviceName(" ")),
				bad("The max age of dead letters must be at least 0s, but is -1d",
						(builder) -> builder.deadLetters("DLQ", Duration.ofDays(-1), 1)),
				bad("The max bytes of dead letters must be at least 1, but are 0",
						(builder) -> builder.deadLetters("DLQ", Duration.ZERO, 0)));
	}

	static Stream<Arguments> badNames() {
		return Stream.of("", "a.b", "a b", "a*", ">", "a/b", "a\\b", "a\n").map(Arguments::arguments);
	}

	private static Arguments bad(String message, UnaryOperator<OtlpBridgeBuilder> setter) {
		return arguments(message, setter);
	}

	@ParameterizedTest
	@MethodSource("badValues")
	void badValueIsNamed(String message, UnaryOperator<OtlpBridgeBuilder> setter) {
		assertThatIllegalArgumentException().isThrownBy(() -> setter.apply(builder())).withMessage(message);
	}

	@ParameterizedTest
	@MethodSource("badNames")
	void nameThatIsNoTokenIsRefused(String name) {
		String value = "but is '" + name + "'";
		assertThatIllegalArgumentException().isThrownBy(() -> builder().stream(name))
			.withMessageContainingAll("name of the stream", value);
		assertThatIllegalArgumentException().isThrownBy(() -> builder().durable(name))
			.withMessageContainingAll("name of the durable", value);
		assertThatIllegalArgumentException().isThrownBy(() -> builder().deadLetters(name, Duration.ZERO, 1))
			.withMessageContainingAll("name of the stream of dead letters", value);
	}

	@Test
	void streamOfDeadLettersMustBeAnotherOne() {
		OtlpBridgeBuilder builder = builder().stream("ONE").deadLetters("ONE", Duration.ZERO, 1);
		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining("both are 'ONE'");
	}

	@Test
	void bridgeThatWasNotStartedIsStopped() {
		try (OtlpBridge bridge = builder().build()) {
			assertThat(bridge.isRunning()).isFalse();
			assertThat(bridge.status()).hasSize(3)
				.allSatisfy((status) -> assertThat(status.state()).isEqualTo(SignalState.STOPPED));
			bridge.pause();
			bridge.resume();
			bridge.stop();
		}
	}

	private static OtlpBridgeBuilder builder() {
		return OtlpBridge.builder(() -> {
			throw new IllegalStateException("there is no connection");
		}, OtlpHttpOptions.builder().build());
	}

}
