// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.tracing.telemetry.TelemetryStream;
import io.tracing.telemetry.wire.Signal;
import io.tracing.testing.NatsServer;
import io.tracing.testing.OtlpReceiver;
import org.awaitility.Awaitility;

/**
 * A stream of telemetry on a nats-server of its own, a strict backend, and bridges
 * between them.
 */
final class BridgeScenario implements AutoCloseable {

	static final String STREAM = "TELEMETRY";

	static final String DEAD_LETTERS = "TELEMETRY_DLQ";

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final NatsServer nats;

	private final OtlpReceiver backend = OtlpReceiver.start();

	private final Connection connection;

	private final List<OtlpBridge> bridges = new ArrayList<>();

	private final List<Connection> connections = new ArrayList<>();

	/**
	 * Start a server and a backend.
	 * @param configuration lines for the configuration file of the server
	 */
	BridgeScenario(String... configuration) {
		this.nats = NatsServer.start(configuration);
		this.connection = this.nats.connect();
	}

	NatsServer nats() {
		return this.nats;
	}

	OtlpReceiver backend() {
		return this.backend;
	}

	Connection connection() {
		return this.connection;
	}

	static TelemetryStream stream() {
		return new TelemetryStream(STREAM, Duration.ofDays(7), 1L << 30, 1);
	}

	/**
	 * Start a bridge that does not wait long for anything.
	 * @param customizer changes its settings
	 * @return the bridge, which the scenario closes
	 */
	OtlpBridge startBridge(UnaryOperator<OtlpBridgeBuilder> customizer) {
		return startBridge(target(), customizer);
	}

	OtlpBridge startBridge(OtlpHttpOptions target, UnaryOperator<OtlpBridgeBuilder> customizer) {
		return start(this.nats.options(), target, (builder) -> customizer.apply(impatient(builder)));
	}

	/**
	 * Start a bridge with a connection that is not everybody's.
	 * @param user who connects, with the password {@code secret}
	 * @param customizer changes its settings
	 * @return the bridge, which the scenario closes
	 */
	OtlpBridge startBridgeOf(String user, UnaryOperator<OtlpBridgeBuilder> customizer) {
		return start(this.nats.options().userInfo(user, "secret"), target(),
				(builder) -> customizer.apply(impatient(builder)));
	}

	private OtlpHttpOptions target() {
		return OtlpHttpOptions.builder().endpoint(this.backend.url()).timeout(Duration.ofSeconds(2)).build();
	}

	/**
	 * Start a bridge that has all defaults.
	 * @return the bridge, which the scenario closes
	 */
	OtlpBridge startBridgeWithDefaults() {
		return start(this.nats.options(), OtlpHttpOptions.builder().endpoint(this.backend.url()).build(),
				UnaryOperator.identity());
	}

	/**
	 * Start a bridge with a connection that is made for it.
	 * @param connection what the connection is like
	 * @param target where to send
	 * @param customizer changes its settings, which are the defaults
	 * @return the bridge, which the scenario closes
	 */
	OtlpBridge start(Options.Builder connection, OtlpHttpOptions target, UnaryOperator<OtlpBridgeBuilder> customizer) {
		Connection own = this.nats.connect(connection);
		this.connections.add(own);
		OtlpBridge bridge = customizer.apply(OtlpBridge.builder(() -> own, target).streams(stream()::createIfMissing))
			.build();
		this.bridges.add(bridge);
		bridge.start();
		return bridge;
	}

	/**
	 * Make the waits of a bridge short.
	 * @param builder its builder
	 * @return the same builder
	 */
	static OtlpBridgeBuilder impatient(OtlpBridgeBuilder builder) {
		return builder.flushInterval(Duration.ofSeconds(1))
			.retryDelay(Duration.ofMillis(50))
			.backoff(Duration.ofMillis(50), Duration.ofMillis(400))
			.pause(Duration.ofMillis(500))
			.ackWait(Duration.ofSeconds(3));
	}

	OtlpBridge startBridge() {
		return startBridge(UnaryOperator.identity());
	}

	void createStream() {
		call((management) -> stream().createIfMissing(management));
	}

	void publish(String subject, byte[] body) {
		publish(subject, null, body);
	}

	/**
	 * Publish what is a request of OTLP.
	 * @param signal its signal
	 * @param request the encoded request
	 */
	void publishOtlp(Signal signal, byte[] request) {
		publish(signal.subjectPrefix() + "orders", new Headers().add("Content-Type", "application/x-protobuf"),
				request);
	}

	void publish(String subject, Headers headers, byte[] body) {
		try {
			this.connection.jetStream()
				.publish(NatsMessage.builder().subject(subject).headers(headers).data(body).build(),
						PublishOptions.builder().expectedStream(STREAM).build());
		}
		catch (IOException | JetStreamApiException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Publish as another client does, which lets pass what this one would not.
	 * @param subject the subject
	 * @param header one header, any UTF-8
	 * @param body the body
	 */
	void publishRaw(String subject, String header, String body) {
		String headers = "NATS/1.0\r\n" + header + "\r\n\r\n";
		int length = headers.getBytes(StandardCharsets.UTF_8).length;
		String protocol = "CONNECT {\"verbose\":false,\"headers\":true}\r\nHPUB %s %d %d\r\n%s%s\r\nPING\r\n"
			.formatted(subject, length, length + body.getBytes(StandardCharsets.UTF_8).length, headers, body);
		try (Socket socket = new Socket("127.0.0.1", URI.create(this.nats.url()).getPort())) {
			socket.getOutputStream().write(protocol.getBytes(StandardCharsets.UTF_8));
			BufferedReader answers = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
			String answer = answers.readLine();
			while (answer != null && !answer.startsWith("PONG")) {
				answer = answers.readLine();
			}
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	void call(Management call) {
		try {
			call.on(this.connection.jetStreamManagement());
		}
		catch (IOException | JetStreamApiException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Wait until nothing is left for a signal: neither in the stream nor under way.
	 * @param bridge asks the server
	 * @param signal the signal
	 */
	void awaitDrained(OtlpBridge bridge, Signal signal) {
		awaitDrained(bridge, signal, LIMIT);
	}

	void awaitDrained(OtlpBridge bridge, Signal signal, Duration limit) {
		awaitDrained(Objects.requireNonNull(status(bridge, signal).durable()), limit);
	}

	/**
	 * Wait until nothing is left for a durable: neither in the stream nor under way.
	 * @param durable its name
	 */
	void awaitDrained(String durable) {
		awaitDrained(durable, LIMIT);
	}

	private void awaitDrained(String durable, Duration limit) {
		Awaitility.await(durable + " is drained").atMost(limit).untilAsserted(() -> call((management) -> {
			var info = management.getConsumerInfo(STREAM, durable);
			if (info.getNumPending() + info.getNumAckPending() > 0) {
				throw new AssertionError(info.getNumPending() + " are to be fetched, " + info.getNumAckPending()
						+ " to be settled; the bridges say " + this.bridges.stream().map(OtlpBridge::status).toList());
			}
		}));
	}

	/**
	 * Ask the server about a consumer.
	 * @param durable its name
	 * @return what the server says
	 */
	ConsumerInfo consumer(String durable) {
		AtomicReference<ConsumerInfo> consumer = new AtomicReference<>();
		call((management) -> consumer.set(management.getConsumerInfo(STREAM, durable)));
		return consumer.get();
	}

	static SignalStatus status(OtlpBridge bridge, Signal signal) {
		return bridge.status().get(signal.ordinal());
	}

	/**
	 * Wait until a signal is in a state.
	 * @param bridge which bridge
	 * @param signal the signal
	 * @param state the state
	 * @return all that is said of the signal
	 */
	static SignalStatus awaitState(OtlpBridge bridge, Signal signal, SignalState state) {
		return Awaitility.await(signal + " is " + state)
			.atMost(LIMIT)
			.until(() -> status(bridge, signal), (status) -> status.state() == state);
	}

	/**
	 * Wait until there are so many dead letters.
	 * @param count how many
	 * @return all of them
	 */
	List<MessageInfo> awaitDeadLetters(int count) {
		return Awaitility.await(count + " dead letters")
			.atMost(LIMIT)
			.until(this::deadLetters, (letters) -> letters.size() >= count);
	}

	List<MessageInfo> deadLetters() {
		List<MessageInfo> letters = new ArrayList<>();
		call((management) -> {
			try {
				long last = management.getStreamInfo(DEAD_LETTERS).getStreamState().getLastSequence();
				for (long sequence = 1; sequence <= last; sequence++) {
					MessageInfo letter = management.getNextMessage(DEAD_LETTERS, sequence, "telemetry-dlq.>");
					sequence = letter.getSeq();
					letters.add(letter);
				}
			}
			catch (JetStreamApiException ex) {
				// There is no stream yet, or no more message.
				if (ex.getApiErrorCode() != 10059 && ex.getApiErrorCode() != 10037) {
					throw ex;
				}
			}
		});
		return letters;
	}

	static String header(MessageInfo letter, String name) {
		return Objects.requireNonNull(Objects.requireNonNull(letter.getHeaders()).getFirst(name), name);
	}

	@Override
	public void close() {
		this.bridges.forEach(OtlpBridge::close);
		this.connections.forEach(BridgeScenario::close);
		close(this.connection);
		this.backend.close();
		this.nats.close();
	}

	private static void close(Connection connection) {
		try {
			connection.close();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** What is asked of the server. */
	interface Management {

		void on(JetStreamManagement management) throws IOException, JetStreamApiException;

	}

}
