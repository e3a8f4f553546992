// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.Message;
import io.tracing.telemetry.wire.Signal;
import org.jspecify.annotations.Nullable;

/**
 * A message that was fetched and is not settled yet. A request that the backend does not
 * take is cut up, so a message can end in several parts: it is settled with the last.
 */
final class HeldMessage {

	private final HeldMessages owner;

	private final @Nullable Signal signal;

	private final long sequence;

	private final AtomicInteger openParts = new AtomicInteger(1);

	// Changes if the server delivers the message again while it is held.
	private volatile Message delivery;

	private volatile boolean deadLettered;

	HeldMessage(HeldMessages owner, @Nullable Signal signal, Message delivery) {
		this.owner = owner;
		this.signal = signal;
		this.delivery = delivery;
		this.sequence = delivery.metaData().streamSequence();
	}

	/** The signal of its subject, if it is one that is known. */
	@Nullable Signal signal() {
		return this.signal;
	}

	long sequence() {
		return this.sequence;
	}

	Message delivery() {
		return this.delivery;
	}

	/** The acknowledgement of an earlier delivery may go unheard: the last one counts. */
	void deliveredAgain(Message delivery) {
		this.delivery = delivery;
	}

	/** One part became two. */
	void cut() {
		this.openParts.incrementAndGet();
	}

	/** A part was exported. */
	void partExported() {
		partDone();
	}

	/** A part is in the dead-letter stream. */
	void partDeadLettered() {
		this.deadLettered = true;
		partDone();
	}

	private void partDone() {
		if (this.openParts.decrementAndGet() == 0) {
			this.owner.settle(this);
		}
	}

	/** Give it back: another bridge, or this one when it is started again, gets it. */
	void giveBack() {
		this.owner.giveBack(this);
	}

	boolean isDeadLettered() {
		return this.deadLettered;
	}

}
