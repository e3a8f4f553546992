// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.tracing.messaging.ClientProxy;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A consumer whose polls, and whose commits, are traced.
 */
final class TracingConsumer<K, V> extends ClientProxy<Consumer<K, V>> {

	private final @Nullable ReceiveSpans receives;

	private final @Nullable CommitSpans commits;

	TracingConsumer(Consumer<K, V> delegate, @Nullable ReceiveSpans receives, @Nullable CommitSpans commits) {
		super(delegate);
		this.receives = receives;
		this.commits = commits;
	}

	@Override
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		ReceiveSpans receives = this.receives;
		CommitSpans commits = this.commits;
		String name = method.getName();
		if (receives != null && name.equals("poll")) {
			return poll(receives, method, arguments);
		}
		if (commits != null && name.equals("commitSync")) {
			return commitSync(commits, method, arguments);
		}
		if (commits != null && name.equals("commitAsync")) {
			commitAsync(commits, method, arguments);
			return null;
		}
		try {
			return proceed(method, arguments);
		}
		finally {
			if (commits != null && name.equals("close")) {
				commits.clientClosed();
			}
		}
	}

	private @Nullable Object poll(ReceiveSpans receives, Method method, Object @Nullable [] arguments)
			throws Throwable {
		long start = System.nanoTime();
		Object records;
		try {
			records = proceed(method, arguments);
		}
		catch (Throwable ex) {
			receives.failed(start, ex, this::assignedTopics);
			throw ex;
		}
		receives.received(start, (ConsumerRecords<?, ?>) records);
		return records;
	}

	private @Nullable Object commitSync(CommitSpans commits, Method method, Object @Nullable [] arguments)
			throws Throwable {
		CommitSpans.Commit commit = commits.start(offsets(arguments), this.delegate::assignment);
		Throwable error = null;
		try {
			return proceed(method, arguments);
		}
		catch (Throwable ex) {
			error = ex;
			throw ex;
		}
		finally {
			commit.completed(error);
		}
	}

	private void commitAsync(CommitSpans commits, Method method, Object @Nullable [] arguments) throws Throwable {
		CommitSpans.Commit commit = commits.start(offsets(arguments), this.delegate::assignment);
		try {
			if (arguments == null) {
				this.delegate.commitAsync(commit.callback(null));
			}
			else {
				Object[] traced = arguments.clone();
				traced[traced.length - 1] = commit.callback((OffsetCommitCallback) traced[traced.length - 1]);
				proceed(method, traced);
			}
		}
		catch (Throwable ex) {
			commit.completed(ex);
			throw ex;
		}
	}

	@SuppressWarnings("unchecked")
	private static @Nullable Map<TopicPartition, OffsetAndMetadata> offsets(Object @Nullable [] arguments) {
		return (arguments != null && arguments[0] instanceof Map<?, ?> offsets)
				? (Map<TopicPartition, OffsetAndMetadata>) offsets : null;
	}

	private Set<String> assignedTopics() {
		Set<String> topics = new HashSet<>();
		this.delegate.assignment().forEach((partition) -> topics.add(partition.topic()));
		return topics;
	}

}
