// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

import java.util.Set;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CollectedTraceTests {

	private final ExampleTrace example = new ExampleTrace();

	@Test
	void aTraceWithoutSpansIsNotComplete() {
		assertThat(this.example.trace().problems())
			.containsExactly("no span of trace " + ExampleTrace.TRACE_ID + " was collected");
	}

	@Test
	void aTreeWithOneRootIsComplete() {
		SpanData root = this.example.root("gateway", "POST /orders", 0, 10);
		SpanData send = this.example.send(root, "orders", "order.created", 2, 4);
		this.example.process(send, "worker", "order.created", 5, 9, 1);
		assertThat(this.example.trace().problems()).isEmpty();
		assertThat(this.example.trace().services()).containsExactly("gateway", "orders", "worker");
	}

	@Test
	void anOpenSpanIsNamed() {
		SpanData root = this.example.root("gateway", "POST /orders", 0, 10);
		this.example.open(root, "worker", "reserve", 5);
		assertThat(this.example.trace().problems()).containsExactly("'reserve' of service 'worker' is still open");
	}

	@Test
	void aMissingParentIsNamed() {
		this.example.root("gateway", "POST /orders", 0, 10);
		this.example.orphan("worker", "process order.created", 5, 9);
		assertThat(this.example.trace().problems()).containsExactly(
				"'process order.created' of service 'worker' has a parent that is missing: 000000000000dead");
	}

	@Test
	void aSecondRootIsToldFromAMissingParent() {
		this.example.root("gateway", "POST /orders", 0, 10);
		this.example.root("worker", "reserve", 5, 9);
		assertThat(this.example.trace().problems()).containsExactly("the trace begins 2 times");
	}

	@Test
	void aMessageThatNobodyTookIsNamed() {
		SpanData root = this.example.root("gateway", "POST /orders", 0, 10);
		this.example.send(root, "orders", "order.created", 2, 4);
		assertThat(this.example.trace().problems())
			.containsExactly("'send order.created' of service 'orders' has no span of a consumer");
	}

	@Test
	void nobodyHasToListenToDeadLetters() {
		SpanData root = this.example.root("gateway", "POST /orders", 0, 10);
		this.example.send(root, "worker", "order.created-dlt", 2, 4);
		assertThat(this.example.trace().problems()).isEmpty();
	}

	@Test
	void aReplyIsTakenByTheRequest() {
		SpanData root = this.example.root("shipping", "request carriers.quote", 0, 10);
		this.example.reply(root, "shipping", 2, 3);
		assertThat(this.example.trace().problems()).isEmpty();
	}

	@Test
	void aDuplicateReachesNobody() {
		SpanData root = this.example.root("worker", "process order.created", 0, 10);
		this.example.duplicate(root, "worker", "shipments.requested", 2, 3);
		assertThat(this.example.trace().problems()).isEmpty();
	}

	@Test
	void aStoredMessageThatNobodyTookIsNamed() {
		SpanData root = this.example.root("worker", "process order.created", 0, 10);
		this.example.publish(root, "worker", "shipments.requested", 2, 3);
		assertThat(this.example.trace().problems())
			.containsExactly("'publish shipments.requested' of service 'worker' has no span of a consumer");
	}

	@Test
	void missingServicesAreNamed() {
		this.example.root("gateway", "POST /orders", 0, 10);
		assertThat(this.example.trace().missing(Set.of("gateway", "email")))
			.containsExactly("no span of service 'email'");
	}

}
