// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.tracing.telemetry.wire.Signal;

/**
 * Reads export requests by the letter of OTLP/HTTP.
 */
final class OtlpRequestReader {

	private OtlpRequestReader() {
	}

	/**
	 * Read a request.
	 * @param method the method of HTTP
	 * @param request what is known of it
	 * @param sent the body as it was sent
	 * @return the request with its message
	 * @throws RefusedRequestException if a collector would not take it
	 * @throws IOException if the body can't be read
	 */
	static OtlpRequest read(String method, OtlpRequest request, byte[] sent)
			throws RefusedRequestException, IOException {
		Signal signal = request.signal();
		if (signal == null) {
			throw new RefusedRequestException(404, "There is nothing here");
		}
		if (!method.equals("POST")) {
			throw new RefusedRequestException(405, "The method is " + method);
		}
		String contentType = request.headers().get("Content-Type");
		if (!"application/x-protobuf".equals(contentType)) {
			throw new RefusedRequestException(415, "The content type is " + contentType);
		}
		try {
			Message message = StrictOtlp.parse(signal, uncompressed(request, sent));
			return new OtlpRequest(request.path(), request.headers(), request.size(), signal, message);
		}
		catch (InvalidProtocolBufferException | ZipException | EOFException ex) {
			throw new RefusedRequestException(400, String.valueOf(ex.getMessage()));
		}
	}

	private static byte[] uncompressed(OtlpRequest request, byte[] sent) throws RefusedRequestException, IOException {
		String encoding = request.headers().get("Content-Encoding");
		if (encoding == null) {
			return sent;
		}
		if (!encoding.equals("gzip")) {
			throw new RefusedRequestException(415, "The content encoding is " + encoding);
		}
		return new GZIPInputStream(new ByteArrayInputStream(sent)).readAllBytes();
	}

	/**
	 * A request that a collector would not take.
	 */
	static final class RefusedRequestException extends Exception {

		private static final long serialVersionUID = 1L;

		private final transient OtlpAnswer answer;

		private RefusedRequestException(int status, String message) {
			super(message);
			this.answer = OtlpAnswer.status(status).message(message);
		}

		OtlpAnswer answer() {
			return this.answer;
		}

	}

}
