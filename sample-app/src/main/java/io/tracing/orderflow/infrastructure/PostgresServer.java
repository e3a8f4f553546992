// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.infrastructure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.springframework.boot.SpringApplication;

/**
 * A real PostgreSQL in a process beside this JVM, with a database and a user called
 * {@code orderflow}.
 */
public final class PostgresServer implements AutoCloseable {

	private static final String NAME = "orderflow";

	private static final Duration START_LIMIT = Duration.ofSeconds(60);

	private final EmbeddedPostgres postgres;

	private final Path directory;

	private PostgresServer(EmbeddedPostgres postgres, Path directory) {
		this.postgres = postgres;
		this.directory = directory;
	}

	/**
	 * Start a server that only this machine can reach.
	 * @param port the port to listen on, or 0 for any that is free
	 * @return the running server
	 * @throws PortInUseException if another process listens on the port
	 */
	public static PostgresServer start(int port) {
		int freePort = Ports.reserve(port, "PostgreSQL");
		Path directory = Directories.createTemporary("orderflow-postgres-");
		PostgresServer server;
		try {
			server = new PostgresServer(EmbeddedPostgres.builder()
				.setPort(freePort)
				.setDataDirectory(directory.resolve("data"))
				.setPGStartupWait(START_LIMIT)
				.setRegisterShutdownHook(false)
				// Nobody needs this data after a crash of the machine.
				.setServerConfig("fsync", "off")
				.start(), directory);
		}
		catch (IOException | RuntimeException ex) {
			Directories.delete(directory);
			throw new IllegalStateException("PostgreSQL did not start on port " + freePort + ": " + ex.getMessage(),
					ex);
		}
		server.createDatabase();
		// These run after every application context was closed, so services drain first.
		SpringApplication.getShutdownHandlers().add(server::close);
		return server;
	}

	/**
	 * Return the URL of the {@code orderflow} database.
	 * @return a JDBC URL without user and password
	 */
	public String jdbcUrl() {
		return "jdbc:postgresql://localhost:" + this.postgres.getPort() + "/" + NAME;
	}

	@Override
	public synchronized void close() {
		try {
			this.postgres.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			Directories.delete(this.directory);
		}
	}

	private void createDatabase() {
		try (Connection connection = this.postgres.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("create role " + NAME + " login password '" + NAME + "'");
			statement.execute("create database " + NAME + " owner " + NAME);
		}
		catch (SQLException ex) {
			close();
			throw new IllegalStateException("The database " + NAME + " could not be created", ex);
		}
	}

}
