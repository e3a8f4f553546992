// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A backend that costs as little as one can: it reads a request, counts its spans and
 * says 200. A process of its own, so that its memory is not the bridge's.
 */
public final class SpanReceiver {

	private static final byte[] ACCEPTED = ("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\n"
			+ "Content-Length: 0\r\n\r\n")
		.getBytes(StandardCharsets.US_ASCII);

	private static final String CONTENT_LENGTH = "content-length:";

	private final AtomicLong spans = new AtomicLong();

	private SpanReceiver() {
	}

	/**
	 * Receive until the standard input ends, and say how much there was when asked.
	 * @param arguments none
	 * @throws IOException if no port is free
	 */
	public static void main(String[] arguments) throws IOException {
		SpanReceiver receiver = new SpanReceiver();
		try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			thread(() -> receiver.accept(server));
			Dialogue.run(Integer.toString(server.getLocalPort()), (command) -> Long.toString(receiver.spans.get()));
		}
	}

	private static void thread(Runnable task) {
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		thread.start();
	}

	private void accept(ServerSocket server) {
		try {
			while (true) {
				Socket socket = server.accept();
				thread(() -> serve(socket));
			}
		}
		catch (IOException ex) {
			// The receiver ends.
		}
	}

	private void serve(Socket socket) {
		byte[] body = new byte[1 << 20];
		try (socket; DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
			socket.setTcpNoDelay(true);
			OutputStream out = socket.getOutputStream();
			while (true) {
				int length = head(in);
				if (length > body.length) {
					body = new byte[length];
				}
				in.readFully(body, 0, length);
				this.spans.addAndGet(SpanCount.of(body, length));
				out.write(ACCEPTED);
			}
		}
		catch (IOException ex) {
			// The bridge has closed the connection.
		}
	}

	/**
	 * Read the head of a request.
	 * @return the length of its body
	 */
	private static int head(DataInputStream in) throws IOException {
		int length = -1;
		String line = line(in);
		while (!line.isEmpty()) {
			if (line.toLowerCase(Locale.ROOT).startsWith(CONTENT_LENGTH)) {
				length = Integer.parseInt(line.substring(CONTENT_LENGTH.length()).strip());
			}
			line = line(in);
		}
		if (length < 0) {
			throw new IOException("The request has no length");
		}
		return length;
	}

	private static String line(DataInputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		int next = in.read();
		while (next != '\n') {
			if (next < 0) {
				throw new EOFException();
			}
			if (next != '\r') {
				line.append((char) next);
			}
			next = in.read();
		}
		return line.toString();
	}

}
