// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import io.tracing.messaging.RunningSpan;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.jspecify.annotations.Nullable;

/**
 * Follows the transactions of one producer, by the methods that begin and end them.
 */
final class Transactions {

	private volatile @Nullable Transaction current;

	private volatile @Nullable Throwable failedCommit;

	/**
	 * Make a send span wait for the outcome of the transaction, if there is one.
	 */
	void join(RunningSpan span) {
		Transaction transaction = this.current;
		if (transaction != null) {
			span.deferTo(transaction::acknowledged);
		}
	}

	/**
	 * Called after every call of the producer that is not a send.
	 * @param method the name of the method
	 * @param failure what it threw, {@code null} if it returned
	 */
	void after(String method, @Nullable Throwable failure) {
		switch (method) {
			case "beginTransaction" -> begun(failure);
			case "commitTransaction" -> committed(failure);
			case "abortTransaction" -> end(new TransactionAbortedException("The transaction was aborted"), null);
			case "close" -> closed();
			default -> {
			}
		}
	}

	private void begun(@Nullable Throwable failure) {
		if (failure == null) {
			end(new TransactionAbortedException("The transaction was aborted: the next one began before its commit"),
					new Transaction());
		}
	}

	/**
	 * A commit that timed out may be tried again, and may have reached the broker; what
	 * the next call says counts.
	 */
	private void committed(@Nullable Throwable failure) {
		if (failure instanceof TimeoutException || failure instanceof InterruptException) {
			this.failedCommit = failure;
		}
		else {
			end(failure, null);
		}
	}

	private void closed() {
		Throwable failure = this.failedCommit;
		end((failure != null) ? failure : new TransactionAbortedException(
				"The transaction was aborted: its producer was closed before the commit"), null);
	}

	private void end(@Nullable Throwable failure, @Nullable Transaction next) {
		Transaction ended = this.current;
		this.current = next;
		this.failedCommit = null;
		if (ended != null) {
			ended.end(failure);
		}
	}

}
