// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.tracing.telemetry.TelemetryFormat;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What is published to the stream, and where the stream is. The latter is the bridge's as
 * well.
 *
 * @param enabled Whether the application publishes its own telemetry to the stream.
 * @param format Format of the messages. Metrics that come from Micrometer are always
 * OTLP.
 * @param signals Kinds of telemetry that are published.
 * @param bufferSize How much waits for the stream at most. What comes beyond is dropped
 * and counted.
 * @param flushTimeout How long a stop waits for the stream to take what is left.
 * @param nats Settings of the connection.
 * @param stream Settings of the stream, used where it is missing and has to be created.
 */
@ConfigurationProperties("tracing.telemetry")
record TelemetryProperties(@DefaultValue("false") boolean enabled, @DefaultValue("otlp") TelemetryFormat format,
		@DefaultValue( {
				"spans", "logs", "metrics" }) Set<Signal> signals,
		@DefaultValue("16MB") DataSize bufferSize, @DefaultValue("10s") Duration flushTimeout, @DefaultValue Nats nats,
		@DefaultValue Stream stream){

	// The largest message that a server takes by default.
	private static final DataSize MIN_BUFFER_SIZE = DataSize.ofMegabytes(1);

	TelemetryProperties {
		if (bufferSize.compareTo(MIN_BUFFER_SIZE) < 0) {
			throw new InvalidTracingPropertyException("tracing.telemetry.buffer-size", bufferSize,
					"one message can be as large as 1MB", "Set it to 1MB or more, such as 16MB.");
		}
		if (flushTimeout.isNegative()) {
			throw new InvalidTracingPropertyException("tracing.telemetry.flush-timeout", flushTimeout,
					"a duration can't be negative", "Set it to a time such as 10s, or to zero to wait for nothing.");
		}
	}

	/**
	 * Settings of the connection.
	 *
	 * @param servers Servers of NATS, such as 'nats://localhost:4222'. Empty means the
	 * application's connection: its only or primary bean of type Connection.
	 * @param username User name for these servers.
	 * @param password Password of the user.
	 * @param token Token for these servers.
	 * @param credentials File with the credentials for these servers (a .creds file).
	 */
	record Nats(@DefaultValue List<String> servers, @Nullable String username, @Nullable String password,
			@Nullable String token, @Nullable String credentials) {

		private static final String HIDDEN = "******";

		Nats {
			if ((username == null) != (password == null)) {
				String alone = (username != null) ? "username" : "password";
				String missing = (username != null) ? "password" : "username";
				throw new InvalidTracingPropertyException("tracing.telemetry.nats." + alone,
						(username != null) ? username : HIDDEN, "a user needs a name and a password",
						"Set tracing.telemetry.nats.%s as well.".formatted(missing));
			}
			if (token != null && username != null) {
				throw new InvalidTracingPropertyException("tracing.telemetry.nats.token", HIDDEN,
						"there is a user name as well", "Set one of them and not both.");
			}
			if (credentials != null && (token != null || username != null)) {
				throw new InvalidTracingPropertyException("tracing.telemetry.nats.credentials", credentials,
						"there is a token or a user name as well", "Set one of them and not both.");
			}
		}

		/** Without what is secret. A server can have a password in its address. */
		@Override
		public String toString() {
			return "Nats[servers=%s]".formatted(NatsAddress.withoutUserInfo(this.servers));
		}

	}

	/**
	 * Settings of the stream, used where it is missing and has to be created.
	 *
	 * @param name Name of the stream.
	 * @param maxAge How long telemetry is kept. Zero means no limit.
	 * @param maxSize How much telemetry is kept. Beyond, the oldest goes.
	 * @param replicas On how many servers of a cluster each message is stored.
	 */
	record Stream(@DefaultValue("TELEMETRY") String name, @DefaultValue("7d") Duration maxAge,
			@DefaultValue("1GB") DataSize maxSize, @DefaultValue("1") int replicas) {

		Stream {
			if (!name.matches("[^\\s.*>/\\\\\\p{Cntrl}]+")) {
				throw new InvalidTracingPropertyException("tracing.telemetry.stream.name", name,
						"it is not the name of a stream",
						"Use a name without white space, '.', '*', '>', '/' and '\\', such as TELEMETRY.");
			}
			if (maxAge.isNegative() || !maxAge.isZero() && maxAge.compareTo(Duration.ofMillis(100)) < 0) {
				throw new InvalidTracingPropertyException("tracing.telemetry.stream.max-age", maxAge,
						"no stream keeps its messages for so short a time",
						"Set it to a time such as 7d, or to zero for no limit.");
			}
			if (maxSize.toBytes() <= 0) {
				throw new InvalidTracingPropertyException("tracing.telemetry.stream.max-size", maxSize,
						"a stream without room keeps nothing", "Set it to a size such as 1GB.");
			}
			if (replicas < 1 || replicas > 5) {
				throw new InvalidTracingPropertyException("tracing.telemetry.stream.replicas", replicas,
						"a stream has 1 to 5 replicas", "Set it to 1, or to 3 where NATS is a cluster.");
			}
		}

	}

}
