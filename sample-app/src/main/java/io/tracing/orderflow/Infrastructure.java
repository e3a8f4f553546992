// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.tracing.orderflow.infrastructure.KafkaBroker;
import io.tracing.orderflow.infrastructure.PostgresServer;

import org.springframework.util.FileSystemUtils;

/**
 * The broker and the database that the services share.
 *
 * @param broker the broker
 * @param database the database
 */
record Infrastructure(KafkaBroker broker, PostgresServer database) implements AutoCloseable {

	static Infrastructure start(int kafkaPort, int postgresPort, Progress progress) {
		progress.begin("kafka");
		KafkaBroker broker = broker(kafkaPort);
		progress.end("kafka", broker.bootstrapServers());
		try {
			progress.begin("postgres");
			PostgresServer database = PostgresServer.start(postgresPort);
			progress.end("postgres", database.jdbcUrl());
			return new Infrastructure(broker, database);
		}
		catch (RuntimeException ex) {
			broker.close();
			throw ex;
		}
	}

	private static KafkaBroker broker(int port) {
		Path directory = directory();
		try {
			return KafkaBroker.start(port, directory);
		}
		catch (RuntimeException ex) {
			// The broker that would have deleted it does not exist.
			FileSystemUtils.deleteRecursively(directory.toFile());
			throw ex;
		}
	}

	private static Path directory() {
		try {
			return Files.createTempDirectory("orderflow-kafka-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Kafka has no directory for its data", ex);
		}
	}

	@Override
	public void close() {
		try {
			this.database.close();
		}
		finally {
			this.broker.close();
		}
	}

}
