// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.nats.client.Message;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.nats.client.impl.NatsMessage;
import io.tracing.telemetry.wire.Signal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeldMessagesTests {

	private static final long STORED = 1_700_000_000_000_000_000L;

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
		assertThat(Objects.requireNonNull(this.held.oldest()).toInstant().toEpochMilli()).isEqualTo(STORED / 1_000_000);
	}

	@Test
	void twoSignsOfLifeMayBeMissed() {
		assertThat(HeldMessages.signOfLifeInterval(Duration.ofSeconds(30))).hasSeconds(10);
	}

	private HeldMessage take(long sequence, int deliveries) {
		return Objects.requireNonNull(this.held.take(Signal.SPANS, delivery(sequence, deliveries, STORED)));
	}

	private Message delivery(long sequence, int deliveries, long stored) {
		return new Delivery("$JS.ACK.TELEMETRY.otlp-bridge-spans.%d.%d.1.%d.0".formatted(deliveries, sequence, stored));
	}

	/** A delivery that notes what the server is told of it. */
	private final class Delivery extends NatsMessage {

		private Delivery(String replyTo) {
			super("telemetry.spans.orders", replyTo, new byte[0]);
		}

		@Override
		public boolean isJetStream() {
			return true;
		}

		@Override
		public NatsJetStreamMetaData metaData() {
			return new NatsJetStreamMetaData(this);
		}

		@Override
		public void ack() {
			tell("ack");
		}

		@Override
		public void term() {
			tell("term");
		}

		@Override
		public void nak() {
			tell("nak");
		}

		@Override
		public void inProgress() {
			tell("inProgress");
		}

		private void tell(String settlement) {
			if (!HeldMessagesTests.this.connected) {
				throw new IllegalStateException("Connection is Closed");
			}
			HeldMessagesTests.this.told
				.add(settlement + " " + metaData().streamSequence() + "." + metaData().deliveredCount());
		}

	}

}
