// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;

/**
 * How a backend answers, well or badly.
 */
public final class OtlpAnswer {

	private static final String PROTOBUF = "application/x-protobuf";

	// Long enough that a body of a few hundred bytes never ends within a test.
	private static final Duration BETWEEN_SLOW_BYTES = Duration.ofMillis(50);

	private static final Duration GRACE = Duration.ofMillis(500);

	private final int status;

	private final Map<String, String> headers = new LinkedHashMap<>();

	private byte[] body = new byte[0];

	private Body way = Body.WHOLE;

	private long filler;

	private Duration delay = Duration.ZERO;

	private boolean beforeBody;

	private boolean kept;

	private OtlpAnswer(int status) {
		this.status = status;
		this.kept = status >= 200 && status < 300;
	}

	/**
	 * Answer with a status, and a body of no bytes.
	 * @param status the status
	 * @return the answer
	 */
	public static OtlpAnswer status(int status) {
		return new OtlpAnswer(status);
	}

	/**
	 * Take all records.
	 * @return the answer
	 */
	public static OtlpAnswer ok() {
		return status(200).body(PROTOBUF, new byte[0]);
	}

	/**
	 * Take the request and reject some of its records.
	 * @param rejected how many
	 * @param message why
	 * @return the answer, which is the same for each signal
	 */
	public static OtlpAnswer partialSuccess(long rejected, String message) {
		ExportTracePartialSuccess partial = ExportTracePartialSuccess.newBuilder()
			.setRejectedSpans(rejected)
			.setErrorMessage(message)
			.build();
		return status(200).body(PROTOBUF,
				ExportTraceServiceResponse.newBuilder().setPartialSuccess(partial).build().toByteArray());
	}

	/**
	 * Break the connection without an answer.
	 * @return the answer
	 */
	public static OtlpAnswer reset() {
		return status(0).way(Body.RESET);
	}

	/**
	 * Never answer, until the client gives up.
	 * @return the answer
	 */
	public static OtlpAnswer hang() {
		return status(0).way(Body.HANG);
	}

	public OtlpAnswer header(String name, String value) {
		this.headers.put(name, value);
		return this;
	}

	public OtlpAnswer text(String text) {
		return body("text/plain", text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Explain an error as the specification demands, with a {@code google.rpc.Status}.
	 * @param message its message
	 * @return this answer
	 */
	public OtlpAnswer message(String message) {
		UnknownFieldSet.Field code = UnknownFieldSet.Field.newBuilder().addVarint(3).build();
		UnknownFieldSet.Field text = UnknownFieldSet.Field.newBuilder()
			.addLengthDelimited(ByteString.copyFromUtf8(message))
			.build();
		return body(PROTOBUF, UnknownFieldSet.newBuilder().addField(1, code).addField(2, text).build().toByteArray());
	}

	public OtlpAnswer body(String contentType, byte[] body) {
		this.body = body.clone();
		return header("Content-Type", contentType);
	}

	/**
	 * Wait before the answer.
	 * @param delay how long
	 * @return this answer
	 */
	public OtlpAnswer delay(Duration delay) {
		this.delay = delay;
		return this;
	}

	/**
	 * Answer before the body of the request was read, and close the connection as Go's
	 * server does: its own side at once, the other after half a second so that the answer
	 * is not lost.
	 * @return this answer
	 */
	public OtlpAnswer beforeBody() {
		this.beforeBody = true;
		this.kept = false;
		return this;
	}

	/**
	 * Keep the records as if the answer were good: what a backend does that fails after
	 * its work is done.
	 * @return this answer
	 */
	public OtlpAnswer kept() {
		this.kept = true;
		return this;
	}

	/**
	 * Reset the connection in the middle of the answer's body.
	 * @return this answer
	 */
	public OtlpAnswer resetInBody() {
		return way(Body.RESET_IN_BODY);
	}

	/**
	 * Send the answer's body so slowly that nobody waits for its end.
	 * @return this answer
	 */
	public OtlpAnswer slowBody() {
		return way(Body.SLOW);
	}

	/**
	 * Add to the answer's body.
	 * @param length how many bytes
	 * @return this answer
	 */
	public OtlpAnswer hugeBody(long length) {
		this.filler = length;
		return way(Body.HUGE);
	}

	private OtlpAnswer way(Body way) {
		this.way = way;
		return this;
	}

	int status() {
		return this.status;
	}

	boolean isBeforeBody() {
		return this.beforeBody;
	}

	boolean isKept() {
		return this.kept;
	}

	/**
	 * Give the answer.
	 * @param connection where the request came from
	 * @return whether the connection can take another request
	 * @throws IOException if the client is gone
	 * @throws InterruptedException if the thread is interrupted
	 */
	boolean write(RawHttpServer.Connection connection) throws IOException, InterruptedException {
		connection.pause(this.delay);
		OutputStream output = connection.output();
		switch (this.way) {
			case WHOLE -> {
				writeWhole(output);
				if (this.beforeBody) {
					connection.shutdown(GRACE);
				}
			}
			case RESET -> connection.reset();
			case RESET_IN_BODY -> {
				writeHead(output, this.body.length + 1000L);
				output.write(this.body);
				output.flush();
				connection.reset();
			}
			case HANG -> connection.awaitEnd();
			case SLOW -> {
				writeHead(output, this.body.length + 1000L);
				while (!connection.isClosed()) {
					output.write(' ');
					output.flush();
					connection.pause(BETWEEN_SLOW_BYTES);
				}
			}
			case HUGE -> writeHuge(output);
		}
		return this.way == Body.WHOLE && !this.beforeBody;
	}

	private void writeWhole(OutputStream output) throws IOException {
		writeHead(output, this.body.length);
		output.write(this.body);
		output.flush();
	}

	private void writeHuge(OutputStream output) throws IOException {
		writeHead(output, this.body.length + this.filler);
		output.write(this.body);
		byte[] block = " ".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
		for (long left = this.filler; left > 0; left -= block.length) {
			output.write(block, 0, (int) Math.min(left, block.length));
		}
		output.flush();
	}

	private void writeHead(OutputStream output, long length) throws IOException {
		StringBuilder head = new StringBuilder("HTTP/1.1 " + this.status + " Scripted\r\n");
		this.headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
		if (this.status != 204 && this.status != 304) {
			head.append("Content-Length: ").append(length).append("\r\n");
		}
		if (this.beforeBody) {
			head.append("Connection: close\r\n");
		}
		output.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
	}

	@Override
	public String toString() {
		return this.status + " " + this.way;
	}

	/**
	 * How the body comes, if it comes.
	 */
	private enum Body {

		WHOLE, RESET, RESET_IN_BODY, HANG, SLOW, HUGE

	}

}
