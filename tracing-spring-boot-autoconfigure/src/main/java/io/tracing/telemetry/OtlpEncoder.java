// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.common.export.MessageWriter;
import org.jspecify.annotations.Nullable;

/**
 * Has the SDK's own OTLP exporters encode, and takes what they are about to POST. They
 * are given this as their HTTP client, which is public API, unlike what encodes.
 */
final class OtlpEncoder implements ComponentLoader, HttpSenderProvider, HttpSender {

	/** Where the exporters think that they export to. */
	static final String NOWHERE = "http://localhost/";

	// The exporters call the sender on the thread that they are called on.
	private final ThreadLocal<Request> current = new ThreadLocal<>();

	/**
	 * Return what an export would POST.
	 * @param export calls the exporter
	 * @return the request
	 * @throws IOException if it could not be encoded
	 */
	byte[] encode(Supplier<CompletableResultCode> export) throws IOException {
		Request request = new Request();
		this.current.set(request);
		try {
			export.get();
			return request.body();
		}
		catch (RuntimeException ex) {
			// Such as an attribute that is not what its type says.
			throw new IOException(ex);
		}
		finally {
			this.current.remove();
		}
	}

	@Override
	public <T> Iterable<T> load(Class<T> type) {
		return (type == HttpSenderProvider.class) ? List.of(type.cast(this)) : List.of();
	}

	@Override
	public HttpSender createSender(HttpSenderConfig config) {
		return this;
	}

	@Override
	public void send(MessageWriter writer, Consumer<HttpResponse> onResponse, Consumer<Throwable> onError) {
		this.current.get().take(writer);
		onResponse.accept(Accepted.INSTANCE);
	}

	@Override
	public CompletableResultCode shutdown() {
		return CompletableResultCode.ofSuccess();
	}

	/**
	 * What one export is about to send.
	 */
	private static final class Request {

		private byte @Nullable [] body;

		private @Nullable IOException fault;

		void take(MessageWriter writer) {
			ByteArrayOutputStream out = new ByteArrayOutputStream(writer.getContentLength());
			try {
				writer.writeMessage(out);
				this.body = out.toByteArray();
			}
			catch (IOException ex) {
				this.fault = ex;
			}
		}

		byte[] body() throws IOException {
			if (this.fault != null) {
				throw this.fault;
			}
			if (this.body == null) {
				throw new IOException("The exporter sent nothing");
			}
			return this.body;
		}

	}

	/**
	 * What the exporter is told, for whom this is the end.
	 */
	private enum Accepted implements HttpResponse {

		INSTANCE;

		@Override
		public int getStatusCode() {
			return 200;
		}

		@Override
		public String getStatusMessage() {
			return "OK";
		}

		@Override
		public byte[] getResponseBody() {
			return new byte[0];
		}

	}

}
