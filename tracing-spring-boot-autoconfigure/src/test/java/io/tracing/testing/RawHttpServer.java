// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 on plain sockets. A proper server would not let a test break the protocol, nor
 * refuse connections and come back on the same port.
 */
final class RawHttpServer implements AutoCloseable {

	private static final int BACKLOG = 200;

	private final @Nullable SSLContext sslContext;

	private final boolean clientAuthentication;

	private final Handler handler;

	private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

	private final AtomicInteger connectionsSoFar = new AtomicInteger();

	private volatile @Nullable ServerSocket listener;

	private volatile int port;

	RawHttpServer(Handler handler, @Nullable SSLContext sslContext, boolean clientAuthentication) {
		this.handler = handler;
		this.sslContext = sslContext;
		this.clientAuthentication = clientAuthentication;
	}

	/**
	 * Take connections, on the port of before if there was one.
	 */
	void start() {
		try {
			ServerSocket listener = listener();
			this.port = listener.getLocalPort();
			this.listener = listener;
			daemon("otlp-receiver", () -> accept(listener));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("No receiver on port " + this.port, ex);
		}
	}

	private ServerSocket listener() throws IOException {
		ServerSocket listener = (this.sslContext != null)
				? this.sslContext.getServerSocketFactory().createServerSocket() : new ServerSocket();
		if (listener instanceof SSLServerSocket encrypted) {
			encrypted.setNeedClientAuth(this.clientAuthentication);
		}
		listener.setReuseAddress(true);
		listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), BACKLOG);
		return listener;
	}

	private void accept(ServerSocket listener) {
		while (!listener.isClosed()) {
			try {
				Connection connection = new Connection(listener.accept());
				this.connections.add(connection);
				this.connectionsSoFar.incrementAndGet();
				if (listener.isClosed()) {
					connection.close();
				}
				daemon("otlp-receiver-connection", () -> serve(connection));
			}
			catch (IOException ex) {
				// Stopped, or a client that went away at once.
				continue;
			}
		}
	}

	private void serve(Connection connection) {
		try (connection) {
			while (connection.readHead() && this.handler.handle(connection)) {
				connection.skipBody();
			}
		}
		catch (IOException ex) {
			// The client went away, or the test stopped the server.
			return;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.connections.remove(connection);
		}
	}

	/**
	 * Refuse connections, and break those there are.
	 */
	void stop() {
		ServerSocket listener = this.listener;
		if (listener != null) {
			closeQuietly(listener);
		}
		this.connections.forEach(Connection::reset);
	}

	int connections() {
		return this.connections.size();
	}

	int connectionsSoFar() {
		return this.connectionsSoFar.get();
	}

	int port() {
		return this.port;
	}

	@Override
	public void close() {
		stop();
	}

	private static void daemon(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
	}

	private static void closeQuietly(AutoCloseable resource) {
		try {
			resource.close();
		}
		catch (Exception ex) {
			// It is gone either way.
			return;
		}
	}

	/**
	 * Answers requests.
	 */
	@FunctionalInterface
	interface Handler {

		/**
		 * Answer one request.
		 * @param connection its connection, of which the head was read
		 * @return whether the connection can take another request
		 * @throws IOException if the client is gone
		 * @throws InterruptedException if the thread is interrupted
		 */
		boolean handle(Connection connection) throws IOException, InterruptedException;

	}

	/**
	 * A connection, and the request that is being read from it.
	 */
	static final class Connection implements AutoCloseable {

		private final Socket socket;

		private final InputStream input;

		private final OutputStream output;

		private final CountDownLatch end = new CountDownLatch(1);

		private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

		private String method = "";

		private String path = "";

		private boolean bodyIsRead;

		private Connection(Socket socket) throws IOException {
			this.socket = socket;
			socket.setTcpNoDelay(true);
			this.input = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
			this.output = new BufferedOutputStream(socket.getOutputStream(), 8 * 1024);
		}

		private boolean readHead() throws IOException {
			String line = readLine();
			if (line == null) {
				return false;
			}
			String[] words = line.split(" ");
			this.method = words[0];
			this.path = (words.length > 1) ? words[1] : "";
			this.headers.clear();
			this.bodyIsRead = false;
			for (line = readLine(); line != null && !line.isEmpty(); line = readLine()) {
				int colon = line.indexOf(':');
				if (colon < 0) {
					throw new IOException("No HTTP");
				}
				this.headers.merge(line.substring(0, colon), line.substring(colon + 1).trim(),
						(one, other) -> one + ", " + other);
			}
			return line != null;
		}

		private @Nullable String readLine() throws IOException {
			ByteArrayOutputStream line = new ByteArrayOutputStream();
			for (int next = this.input.read(); next != '\n'; next = this.input.read()) {
				if (next < 0) {
					return null;
				}
				if (next != '\r') {
					line.write(next);
				}
			}
			return line.toString(StandardCharsets.ISO_8859_1);
		}

		byte[] readBody() throws IOException {
			this.bodyIsRead = true;
			if ("chunked".equalsIgnoreCase(this.headers.get("Transfer-Encoding"))) {
				return readChunks();
			}
			int length = Integer.parseInt(this.headers.getOrDefault("Content-Length", "0"));
			return readFully(length);
		}

		private byte[] readChunks() throws IOException {
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			while (true) {
				String size = readLine();
				if (size == null) {
					throw new EOFException();
				}
				int length = Integer.parseInt(size.trim(), 16);
				body.write(readFully(length));
				readLine();
				if (length == 0) {
					return body.toByteArray();
				}
			}
		}

		private byte[] readFully(int length) throws IOException {
			byte[] bytes = this.input.readNBytes(length);
			if (bytes.length < length) {
				throw new EOFException();
			}
			return bytes;
		}

		private void skipBody() throws IOException {
			if (!this.bodyIsRead) {
				readBody();
			}
		}

		String method() {
			return this.method;
		}

		String path() {
			return this.path;
		}

		Map<String, String> headers() {
			Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			copy.putAll(this.headers);
			return copy;
		}

		OutputStream output() {
			return this.output;
		}

		boolean isClosed() {
			return this.end.getCount() == 0;
		}

		/**
		 * Wait, but not longer than the connection is there.
		 * @param time how long
		 * @throws InterruptedException if the thread is interrupted
		 */
		void pause(Duration time) throws InterruptedException {
			this.end.await(time.toNanos(), TimeUnit.NANOSECONDS);
		}

		/**
		 * Wait until the client closes the connection, or the server is stopped.
		 * @throws IOException if the connection breaks
		 */
		void awaitEnd() throws IOException {
			while (this.input.read() >= 0) {
				// Whatever it sends.
				continue;
			}
		}

		/**
		 * Close this side of the connection, and wait before the other is closed.
		 * @param grace how long
		 * @throws IOException if the connection breaks
		 * @throws InterruptedException if the thread is interrupted
		 */
		void shutdown(Duration grace) throws IOException, InterruptedException {
			this.socket.shutdownOutput();
			pause(grace);
		}

		/**
		 * Break the connection so that the client sees no proper end of it.
		 */
		void reset() {
			try {
				this.socket.setSoLinger(true, 0);
			}
			catch (IOException ex) {
				// Closed already.
				return;
			}
			finally {
				close();
			}
		}

		@Override
		public void close() {
			this.end.countDown();
			closeQuietly(this.socket);
		}

	}

}
