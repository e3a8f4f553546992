// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

import io.tracing.orderflow.infrastructure.KafkaBroker;
import io.tracing.orderflow.infrastructure.NatsServer;
import io.tracing.orderflow.infrastructure.PostgresServer;

import org.springframework.util.FileSystemUtils;

/**
 * The brokers and the database that the services share.
 *
 * @param broker Kafka
 * @param nats NATS
 * @param database the database
 */
record Infrastructure(KafkaBroker broker, NatsServer nats, PostgresServer database) implements AutoCloseable {

	static Infrastructure start(int kafkaPort, int natsPort, int postgresPort, Progress progress) {
		Deque<Runnable> started = new ArrayDeque<>();
		try {
			progress.begin("kafka");
			KafkaBroker broker = broker(kafkaPort);
			started.push(broker::close);
			progress.end("kafka", broker.bootstrapServers());
			progress.begin("nats");
			NatsServer nats = NatsServer.start(natsPort, (remark) -> progress.remark("nats", remark));
			started.push(nats::close);
			progress.end("nats", nats.url());
			progress.begin("postgres");
			PostgresServer database = PostgresServer.start(postgresPort);
			progress.end("postgres", database.jdbcUrl());
			return new Infrastructure(broker, nats, database);
		}
		catch (RuntimeException ex) {
			started.forEach(Runnable::run);
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
		try (this.broker; this.nats) {
			this.database.close();
		}
	}

}
