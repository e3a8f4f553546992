// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

/**
 * An answer as it comes in. Its status decides, and counts from when it is there; what
 * becomes of the body after it (it can break off, or have no end) changes nothing but the
 * message. Of the body no more is kept than the specification allows it to have.
 */
final class Answer implements HttpResponse.BodyHandler<Answer>, HttpResponse.BodySubscriber<Answer> {

	static final int MAX_BODY = 4 * 1024 * 1024;

	private final CompletableFuture<Answer> complete = new CompletableFuture<>();

	private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

	private volatile HttpResponse.@Nullable ResponseInfo head;

	private volatile Flow.@Nullable Subscription subscription;

	private @Nullable String defect;

	@Override
	public HttpResponse.BodySubscriber<Answer> apply(HttpResponse.ResponseInfo head) {
		this.head = head;
		return this;
	}

	@Override
	public CompletionStage<Answer> getBody() {
		return this.complete;
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		this.subscription = subscription;
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(List<ByteBuffer> buffers) {
		for (ByteBuffer buffer : buffers) {
			if (!append(buffer)) {
				Flow.Subscription subscription = this.subscription;
				if (subscription != null) {
					subscription.cancel();
				}
				end("the body of the answer is longer than " + MAX_BODY + " bytes");
				return;
			}
		}
	}

	private synchronized boolean append(ByteBuffer buffer) {
		int length = Math.min(buffer.remaining(), MAX_BODY - this.body.size());
		boolean whole = length == buffer.remaining();
		if (this.defect == null) {
			byte[] bytes = new byte[length];
			buffer.get(bytes);
			this.body.write(bytes, 0, length);
		}
		return whole;
	}

	@Override
	public void onError(Throwable fault) {
		end("the body of the answer broke off");
	}

	@Override
	public void onComplete() {
		this.complete.complete(this);
	}

	/**
	 * Take what is there for the whole.
	 * @param defect what is wrong with the rest
	 */
	void end(String defect) {
		synchronized (this) {
			if (this.defect == null) {
				this.defect = defect;
			}
		}
		this.complete.complete(this);
	}

	/**
	 * Return the status and the headers.
	 * @return those, or {@code null} as long as there was no answer
	 */
	HttpResponse.@Nullable ResponseInfo head() {
		return this.head;
	}

	synchronized byte[] body() {
		return this.body.toByteArray();
	}

	/**
	 * Return what is wrong with the body.
	 * @return a clause, or {@code null} if it is whole
	 */
	synchronized @Nullable String defect() {
		return this.defect;
	}

}
