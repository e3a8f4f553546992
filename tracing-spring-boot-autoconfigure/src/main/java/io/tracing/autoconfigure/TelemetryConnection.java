// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.tracing.nats.NatsTracing;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Where telemetry finds NATS: a connection of its own to
 * {@code tracing.telemetry.nats.servers}, else that of the application, without its
 * tracing. Made when it is asked for, because what exports telemetry is made before
 * everything that is traced.
 */
final class TelemetryConnection implements Supplier<Connection>, SmartInitializingSingleton, DisposableBean {

	private final ConfigurableListableBeanFactory beans;

	private final @Nullable TelemetryServers servers;

	// No lock: connecting takes as long as it takes, and who asks next waits for the same
	// attempt.
	private final AtomicReference<@Nullable FutureTask<Connection>> opened = new AtomicReference<>();

	private volatile boolean closed;

	/**
	 * Create a new instance.
	 * @param properties the servers, if there are any
	 * @param beans where the application's connection is
	 */
	TelemetryConnection(TelemetryProperties.Nats properties, ConfigurableListableBeanFactory beans) {
		this.servers = properties.servers().isEmpty() ? null : new TelemetryServers(properties);
		this.beans = beans;
	}

	/**
	 * Stop the start if there can't be a connection. That there is none right now
	 * doesn't.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		if (this.servers != null) {
			return;
		}
		try {
			ofTheApplication();
		}
		catch (NoUniqueBeanDefinitionException ex) {
			throw missing("there is more than one bean of type Connection and none of them is @Primary");
		}
		catch (NoSuchBeanDefinitionException ex) {
			throw missing("there is no bean of type Connection either");
		}
		catch (BeansException ex) {
			// One that is made when it is needed, and can't be yet.
			return;
		}
	}

	private static InvalidTracingPropertyException missing(String reason) {
		return new InvalidTracingPropertyException("tracing.telemetry.nats.servers", "", reason,
				"Set it to the servers of NATS, such as 'nats://localhost:4222', or make one connection the"
						+ " application's.");
	}

	/**
	 * Return the connection, which its users don't close. It may be disconnected, and
	 * then comes back by itself.
	 * @return the connection, without tracing
	 * @throws TelemetryConnectionException if there is none right now; the message says
	 * why and which property to look at
	 */
	@Override
	public Connection get() {
		if (this.servers == null) {
			try {
				return ofTheApplication();
			}
			catch (BeansException ex) {
				throw new TelemetryConnectionException(
						"The application's bean of type Connection can't be made: see its own error, or set"
								+ " tracing.telemetry.nats.servers for a connection of telemetry's own.");
			}
		}
		if (this.closed) {
			throw new TelemetryConnectionException("The application is stopping.");
		}
		FutureTask<Connection> current = this.opened.get();
		if (current == null || current.isDone() && !isUsable(current)) {
			FutureTask<Connection> attempt = new FutureTask<>(this.servers::connect);
			if (this.opened.compareAndSet(current, attempt)) {
				attempt.run();
			}
			current = this.opened.get();
		}
		return result(current);
	}

	private Connection ofTheApplication() {
		return NatsTracing.unwrap(this.beans.resolveNamedBean(Connection.class).getBeanInstance());
	}

	/**
	 * Have a bean destroyed before the application's connection is closed, if that is the
	 * one, although the connection was made after it.
	 * @param name the name of the bean
	 */
	void destroyBefore(String name) {
		if (this.servers != null) {
			return;
		}
		try {
			this.beans.registerDependentBean(this.beans.resolveNamedBean(Connection.class).getBeanName(), name);
		}
		catch (BeansException ex) {
			// There is none yet, so it is made, and closed, after everything.
			return;
		}
	}

	private Connection result(@Nullable FutureTask<Connection> attempt) {
		Connection connection = null;
		try {
			if (attempt != null) {
				connection = attempt.get();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new TelemetryConnectionException("The thread was interrupted while it was connecting to NATS.");
		}
		catch (ExecutionException ex) {
			throw new TelemetryConnectionException((ex.getCause() instanceof TelemetryConnectionException known)
					? String.valueOf(known.getMessage()) : "Connecting to NATS failed: " + ex.getCause());
		}
		if (this.closed) {
			// It may have come up behind the back of destroy().
			close(connection);
		}
		if (this.closed || connection == null) {
			throw new TelemetryConnectionException("The application is stopping.");
		}
		return connection;
	}

	private static boolean isUsable(FutureTask<Connection> done) {
		Connection connection = connection(done);
		// jnats gives up for good when a server refuses the credentials twice.
		return connection != null && connection.getStatus() != Connection.Status.CLOSED;
	}

	private static @Nullable Connection connection(FutureTask<Connection> done) {
		try {
			return done.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
		catch (ExecutionException ex) {
			return null;
		}
	}

	/**
	 * Close what was opened here. The application's connection is the application's.
	 */
	@Override
	public void destroy() {
		this.closed = true;
		FutureTask<Connection> last = this.opened.get();
		// One that is still connecting is closed by the thread that does it.
		if (last != null && last.isDone()) {
			close(connection(last));
		}
	}

	private static void close(@Nullable Connection connection) {
		try {
			if (connection != null) {
				connection.close();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
