// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the servers of {@code tracing.telemetry.nats.servers}, and says in words
 * what went wrong if it can't.
 */
final class TelemetryServers {

	private final List<String> addresses;

	private final @Nullable Path credentials;

	private final Options options;

	private final ConnectionLog log = new ConnectionLog();

	TelemetryServers(TelemetryProperties.Nats properties) {
		this.addresses = NatsAddress.withoutUserInfo(properties.servers());
		this.credentials = (properties.credentials() != null) ? file(properties.credentials()) : null;
		this.options = options(properties);
	}

	private static Path file(String credentials) {
		try {
			Path file = Path.of(credentials);
			if (Files.isReadable(file)) {
				return file;
			}
		}
		catch (InvalidPathException ex) {
			// Not a file either way.
		}
		throw new InvalidTracingPropertyException("tracing.telemetry.nats.credentials", credentials,
				"there is no such file, or it can't be read", "Set it to a .creds file of a user of NATS.");
	}

	private Options options(TelemetryProperties.Nats properties) {
		Options.Builder builder = new Options.Builder().connectionName("telemetry")
			.maxReconnects(-1)
			.errorListener(this.log)
			.connectionListener(this.log);
		for (String server : properties.servers()) {
			try {
				builder.server(server).build();
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidTracingPropertyException("tracing.telemetry.nats.servers",
						NatsAddress.withoutUserInfo(server), "it is not the address of a server",
						"Set it to addresses such as 'nats://localhost:4222'.");
			}
		}
		if (properties.username() != null && properties.password() != null) {
			builder.userInfo(properties.username().toCharArray(), properties.password().toCharArray());
		}
		if (properties.token() != null) {
			builder.token(properties.token().toCharArray());
		}
		if (this.credentials != null) {
			builder.authHandler(Nats.credentials(this.credentials.toString()));
		}
		return builder.build();
	}

	/**
	 * Connect. Once it is connected it comes back by itself, however long the servers are
	 * away.
	 * @return the connection, which the caller closes
	 * @throws TelemetryConnectionException if no server is there, or none lets us in
	 * @throws InterruptedException if the thread is interrupted
	 */
	Connection connect() throws InterruptedException {
		if (this.credentials != null && !Files.isReadable(this.credentials)) {
			throw new TelemetryConnectionException(
					"The file '%s' is gone or can't be read any more. Set tracing.telemetry.nats.credentials to a .creds"
						.formatted(this.credentials) + " file of a user of NATS.");
		}
		try {
			return Nats.connect(this.options);
		}
		catch (AuthenticationException ex) {
			throw new TelemetryConnectionException(
					"NATS at %s lets nobody in with these credentials. Set tracing.telemetry.nats.username and"
						.formatted(this.addresses) + " tracing.telemetry.nats.password, tracing.telemetry.nats.token or"
							+ " tracing.telemetry.nats.credentials.");
		}
		catch (IOException | RuntimeException ex) {
			throw new TelemetryConnectionException(
					"NATS can't be reached at %s%s. Set tracing.telemetry.nats.servers to where it is."
						.formatted(this.addresses, this.log.lastProblem(" (%s)")));
		}
	}

}
