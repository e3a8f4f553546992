// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.nats.client.Message;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.nats.client.impl.NatsMessage;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeldMessagesTests {

	private static final long STORED = 1_700_000_000_000_000_000L;

	private static final Set<String> SETTLEMENTS = Set.of("ack", "term", "nak", "inProgress");

	private final HeldMessages held = new HeldMessages();

	private final List<String> told = new ArrayList<>();

	private boolean connected = true;

	@Test
	void messageIsSettledWithItsLastPart() {
		HeldMessage message = take(7, 1);
		message.cut();
		message.partExported();
		assertThat(this.told).isEmpty();
		message.partExported();
		assertThat(this.told).containsExactly("ack 7.1");
		assertThat(this.held.oldest()).isNull();
	}

	@Test
	void messageWithADeadPartIsTerminated() {
		HeldMessage message = take(7, 1);
		message.cut();
		message.partDeadLettered();
		message.partExported();
		assertThat(this.told).containsExactly("term 7.1");
	}

	@Test
	void messageThatIsDeliveredAgainWhileItIsHeldIsWorkedOnOnce() {
		HeldMessage message = take(7, 1);
		assertThat(this.held.take(Signal.SPANS, delivery(7, 2, STORED))).isNull();
		message.partExported();
		assertThat(this.told).containsExactly("ack 7.2");
	}

	@Test
	void messageWhoseAcknowledgementWasLostIsAcknowledgedAgain() {
		HeldMessage message = take(7, 1);
		this.connected = false;
		message.partExported();
		this.connected = true;
		assertThat(this.told).isEmpty();
		assertThat(this.held.take(Signal.SPANS, delivery(7, 2, STORED))).isNull();
		assertThat(this.told).containsExactly("ack 7.2");
	}

	@Test
	void sequenceOfAStreamThatWasMadeAnewIsAnotherMessage() {
		take(7, 1).partExported();
		assertThat(this.held.take(Signal.SPANS, delivery(7, 2, STORED + 1))).isNotNull();
		take(8, 1);
		assertThat(this.held.take(Signal.SPANS, delivery(8, 2, STORED + 1))).isNotNull();
	}

	@Test
	void messageOfABridgeThatWasKilledIsTaken() {
		assertThat(this.held.take(Signal.SPANS, delivery(7, 3, STORED))).isNotNull();
	}

	@Test
	void whatIsGivenBackIsNotSettledLater() {
		HeldMessage message = take(7, 1);
		message.giveBack();
		message.giveBack();
		assertThat(this.told).containsExactly("nak 7.1");
		assertThat(this.held.take(Signal.SPANS, delivery(7, 2, STORED))).isNotNull();
	}

	@Test
	void everythingHeldIsKeptAliveOrGivenBack() {
		take(7, 1);
		take(8, 1);
		take(9, 1).partExported();
		this.told.clear();
		this.held.keepAlive();
		assertThat(this.told).containsExactlyInAnyOrder("inProgress 7.1", "inProgress 8.1");
		this.told.clear();
		this.held.giveBackAll();
		assertThat(this.told).containsExactlyInAnyOrder("nak 7.1", "nak 8.1");
	}

	@Test
	void oldestIsTheOneThatWasStoredFirst() {
		this.held.take(Signal.SPANS, delivery(8, 1, STORED + 2_000_000_000));
		this.held.take(Signal.SPANS, delivery(7, 1, STORED));
		assertThat(Objects.requireNonNull(this.held.oldest()).toInstant().toEpochMilli())
			.isEqualTo(STORED / 1_000_000);
	}

	@Test
	void twoSignsOfLifeMayBeMissed() {
		assertThat(HeldMessages.signOfLifeInterval(Duration.ofSeconds(30))).hasSeconds(10);
	}

	private HeldMessage take(long sequence, int deliveries) {
		return Objects.requireNonNull(this.held.take(Signal.SPANS, delivery(sequence, deliveries, STORED)));
	}

	/** A delivery that notes what the server is told of it. */
	private Message delivery(long sequence, int deliveries, long stored) {
		NatsJetStreamMetaData metaData = new NatsJetStreamMetaData(NatsMessage.builder()
			.subject("telemetry.spans.orders")
			.replyTo("$JS.ACK.TELEMETRY.otlp-bridge-spans.%d.%d.1.%d.0".formatted(deliveries, sequence, stored))
			.build());
		return (Message) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Message.class },
				(proxy, method, arguments) -> answer(method.getName(), metaData));
	}

	private @Nullable Object answer(String method, NatsJetStreamMetaData metaData) {
		if (method.equals("metaData")) {
			return metaData;
		}
		assertThat(SETTLEMENTS).contains(method);
		if (!this.connected) {
			throw new IllegalStateException("Connection is Closed");
		}
		this.told.add(method + " " + metaData.streamSequence() + "." + metaData.deliveredCount());
		return null;
	}

}
