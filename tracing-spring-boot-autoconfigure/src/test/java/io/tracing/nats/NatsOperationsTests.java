// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.tracing.messaging.MessagingClient;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.OperationType;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link NatsOperations} keeps of the subjects it is asked for, so many that they
 * would fill the memory.
 */
class NatsOperationsTests {

	private static final int SUBJECTS = 100_000;

	private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder().build();

	private final MessagingClient client = new MessagingClient("nats", null, null, null);

	@Test
	void subjectsBeyondTheLimitShareOneOperation() {
		NatsOperations operations = operations(List.of());
		assertThat(distinct(operations::publish)).hasSize(201);
		assertThat(distinct(operations::request)).hasSize(201);
		assertThat(distinct((subject) -> operations
			.of(new NatsOperations.Source(OperationType.PROCESS, "process", subject, null, null, null)))).hasSize(201);
	}

	@Test
	void subjectsOfATemplateShareOneOperation() {
		NatsOperations operations = operations(List.of("other.>", "orders.*.created"));
		Set<SubjectOperation> published = distinct(operations::publish);
		assertThat(published).hasSize(1).noneMatch(SubjectOperation::oneSubject);
		assertThat(distinct(operations::request)).hasSize(1).doesNotContainAnyElementsOf(published);
	}

	@Test
	void subjectThatIsKnownKeepsItsOperation() {
		NatsOperations operations = operations(List.of());
		SubjectOperation first = operations.publish("first");
		assertThat(first.oneSubject()).isTrue();
		distinct(operations::publish);
		assertThat(operations.publish("first")).isSameAs(first);
	}

	private NatsOperations operations(List<String> templates) {
		return new NatsOperations(NatsTracing.builder(MessagingTracing.create(this.sdk)).templates(templates).build(),
				this.client);
	}

	private static Set<SubjectOperation> distinct(Function<String, SubjectOperation> operation) {
		Set<SubjectOperation> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
		IntStream.range(0, SUBJECTS).mapToObj((i) -> "orders." + i + ".created").map(operation).forEach(distinct::add);
		return distinct;
	}

}
