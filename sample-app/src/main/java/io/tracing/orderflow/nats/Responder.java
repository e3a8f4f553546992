// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.nats;

import java.util.function.UnaryOperator;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Answers the requests on a subject. Those that use one queue group share them. While
 * none runs, who asks is told at once that there is no responder.
 */
public final class Responder implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(Responder.class);

	private final Connection connection;

	private final String subject;

	private final String queueGroup;

	private final UnaryOperator<byte[]> answer;

	private volatile @Nullable Dispatcher dispatcher;

	/**
	 * Create a responder. It starts with the application.
	 * @param connection the connection
	 * @param subject what it answers
	 * @param queueGroup with whom it shares the requests
	 * @param answer makes the body of the reply from that of the request
	 */
	public Responder(Connection connection, String subject, String queueGroup, UnaryOperator<byte[]> answer) {
		this.connection = connection;
		this.subject = subject;
		this.queueGroup = queueGroup;
		this.answer = answer;
	}

	@Override
	public void start() {
		this.dispatcher = this.connection.createDispatcher(this::answer).subscribe(this.subject, this.queueGroup);
	}

	@Override
	public void stop() {
		Dispatcher stopping = this.dispatcher;
		this.dispatcher = null;
		if (stopping != null) {
			Drain.await(stopping);
		}
	}

	@Override
	public boolean isRunning() {
		return this.dispatcher != null;
	}

	/**
	 * Starts before and stops after the consumers that may ask it.
	 */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 1;
	}

	private void answer(Message request) {
		try {
			this.connection.publish(request.getReplyTo(), this.answer.apply(request.getData()));
		}
		catch (RuntimeException ex) {
			// Who asked hears nothing, and gives up after a while.
			logger.error("Request " + this.subject + " was not answered", ex);
			throw ex;
		}
	}

}
