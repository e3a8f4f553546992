// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.infrastructure;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringApplication;

/**
 * A real Kafka broker in this JVM: one KRaft node that is broker and controller. It can
 * be stopped and started again on the same port with the same data, which is how the
 * tests take the broker away from running services.
 */
public final class KafkaBroker implements AutoCloseable {

	private static final String HOST = "127.0.0.1";

	private final int port;

	private final int controllerPort;

	private final Path dataDirectory;

	private @Nullable KafkaRaftServer server;

	private KafkaBroker(int port, int controllerPort, Path dataDirectory) {
		this.port = port;
		this.controllerPort = controllerPort;
		this.dataDirectory = dataDirectory;
	}

	/**
	 * Start a broker that only this machine can reach.
	 * @param port the port to listen on, or 0 for any that is free
	 * @param dataDirectory where it keeps its logs; deleted by {@link #close()}
	 * @return the running broker
	 * @throws PortInUseException if another process listens on the port
	 */
	public static KafkaBroker start(int port, Path dataDirectory) {
		KafkaBroker broker = new KafkaBroker(Ports.reserve(port, "Kafka"), Ports.reserve(0, "Kafka controller"),
				dataDirectory);
		broker.format();
		broker.startServer();
		// These run after every application context was closed, so services drain first.
		SpringApplication.getShutdownHandlers().add(broker::close);
		return broker;
	}

	/**
	 * Return the address that clients connect to.
	 * @return host and port
	 */
	public String bootstrapServers() {
		return HOST + ":" + this.port;
	}

	/**
	 * Stop the broker and keep its data.
	 */
	public synchronized void stop() {
		if (this.server != null) {
			this.server.shutdown();
			this.server.awaitShutdown();
			this.server = null;
		}
	}

	/**
	 * Start the broker again after {@link #stop()}, on the same port with the same data.
	 */
	public synchronized void restart() {
		stop();
		startServer();
	}

	@Override
	public synchronized void close() {
		stop();
		Directories.delete(this.dataDirectory);
	}

	private void format() {
		try {
			new Formatter().setClusterId(Uuid.randomUuid().toString())
				.setNodeId(1)
				.setControllerListenerName("CONTROLLER")
				.setMetadataLogDirectory(this.dataDirectory.toString())
				.addDirectory(this.dataDirectory.toString())
				.setIgnoreFormatted(true)
				.setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
				.run();
		}
		catch (Exception ex) {
			throw new IllegalStateException("Kafka can't use the data directory " + this.dataDirectory, ex);
		}
	}

	private void startServer() {
		KafkaRaftServer raftServer = new KafkaRaftServer(new KafkaConfig(properties()), Time.SYSTEM);
		this.server = raftServer;
		try {
			raftServer.startup();
		}
		catch (RuntimeException ex) {
			stop();
			throw new IllegalStateException("Kafka did not start on port " + this.port + ": " + ex.getMessage(), ex);
		}
	}

	private Properties properties() {
		Properties properties = new Properties();
		properties.putAll(Map.of("process.roles", "broker,controller", "node.id", "1", "controller.quorum.voters",
				"1@" + HOST + ":" + this.controllerPort, "controller.listener.names", "CONTROLLER",
				"inter.broker.listener.name", "PLAINTEXT", "listener.security.protocol.map",
				"PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT", "log.dirs", this.dataDirectory.toString()));
		properties.put("listeners",
				"PLAINTEXT://" + HOST + ":" + this.port + ",CONTROLLER://" + HOST + ":" + this.controllerPort);
		properties.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + this.port);
		// Topics are declared. A topic that a typo creates hides the typo.
		properties.put("auto.create.topics.enable", "false");
		properties.putAll(Map.of("offsets.topic.replication.factor", "1", "offsets.topic.num.partitions", "1",
				"transaction.state.log.replication.factor", "1", "transaction.state.log.num.partitions", "1",
				"transaction.state.log.min.isr", "1", "share.coordinator.state.topic.replication.factor", "1",
				"share.coordinator.state.topic.num.partitions", "1", "share.coordinator.state.topic.min.isr", "1"));
		// The default waits 3 s for more members before a group's first assignment.
		properties.put("group.initial.rebalance.delay.ms", "0");
		return properties;
	}

}
