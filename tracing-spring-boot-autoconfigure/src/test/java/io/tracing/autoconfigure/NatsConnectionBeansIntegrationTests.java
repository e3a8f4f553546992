// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.nats.client.Connection;
import io.nats.client.Connection.Status;
import io.tracing.messaging.ClientProxy;
import io.tracing.nats.NatsTracing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.AdditionalAnswers;
import org.mockito.Mockito;

import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.interceptor.SimpleTraceInterceptor;
import org.springframework.aop.support.NameMatchMethodPointcutAdvisor;
import org.springframework.aop.support.RootClassFilter;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.beans.factory.config.Scope;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Role;
import org.springframework.context.annotation.ScopedProxyMode;

import static io.tracing.autoconfigure.NatsContexts.assertTracedOnce;
import static io.tracing.autoconfigure.NatsContexts.connect;
import static io.tracing.autoconfigure.NatsContexts.line;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every way in which a connection to a real server becomes a bean: it is traced, once,
 * and the context still closes what it made.
 */
class NatsConnectionBeansIntegrationTests {

	@Test
	void contextClosesTheConnectionThatItMade() {
		Connection[] beans = new Connection[2];
		NatsContexts.traced().withUserConfiguration(OneConnection.class).run((context) -> {
			beans[0] = context.getBean(Connection.class);
			beans[1] = NatsTracing.unwrap(beans[0]);
			assertThat(beans[1]).isNotSameAs(beans[0]);
			assertTracedOnce(context, beans[0]);
			assertThat(line(context)).isEqualTo("Tracing messages with the OpenTelemetry bean. NATS: 1 connection");
		});
		assertThat(beans).extracting(Connection::getStatus).containsOnly(Status.CLOSED);
	}

	@Test
	void contextThatIsRefreshedAnewTracesAnew() {
		for (int i = 0; i < 2; i++) {
			NatsContexts.traced()
				.withUserConfiguration(OneConnection.class)
				.run((context) -> assertTracedOnce(context, context.getBean(Connection.class)));
		}
	}

	@Test
	void productOfAFactoryBeanIsTraced() {
		NatsContexts.traced().withBean("connection", ConnectionFactory.class).run((context) -> {
			assertTracedOnce(context, context.getBean(Connection.class));
			assertThat(context.getBean("connection")).isSameAs(context.getBean(Connection.class));
			assertThat(line(context)).endsWith("NATS: 1 connection");
		});
	}

	@Test
	void eachOfSeveralConnectionsIsTraced() {
		NatsContexts.traced().withUserConfiguration(TwoConnections.class).run((context) -> {
			Map<String, Connection> connections = context.getBeansOfType(Connection.class);
			assertThat(connections).containsOnlyKeys("first", "second");
			assertThat(context.getBean(Connection.class)).isSameAs(connections.get("first"))
				.isNotEqualTo(connections.get("second"));
			connections.values().forEach((connection) -> assertTracedOnce(context, connection));
			assertThat(line(context)).endsWith("NATS: 2 connections");
		});
	}

	@Test
	void methodThatReturnsNoConnectionIsLeftAlone() {
		NatsContexts.traced().withUserConfiguration(NoConnection.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBeanProvider(Connection.class).getIfAvailable()).isNull();
			assertThat(line(context)).endsWith("No broker clients");
		});
	}

	@Test
	void lazyConnectionIsTraced() {
		NatsContexts.traced()
			.withUserConfiguration(OneConnection.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context.getBeanFactory().containsSingleton("connection")).isFalse();
				assertTracedOnce(context, context.getBean(Connection.class));
				assertThat(line(context)).endsWith("NATS: 1 connection");
			});
	}

	@Test
	void eachInstanceOfAPrototypeIsTraced() {
		NatsContexts.traced()
			.withBean("connection", Connection.class, NatsContexts::connect,
					(definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
			.run((context) -> {
				Connection first = context.getBean(Connection.class);
				Connection second = context.getBean(Connection.class);
				assertThat(first).isNotEqualTo(second);
				assertTracedOnce(context, first);
				assertTracedOnce(context, second);
				assertThat(line(context)).as("one bean").endsWith("NATS: 1 connection");
				first.close();
				second.close();
			});
	}

	@Test
	void connectionBehindAProxyOfItsScopeIsTracedOnceAlsoWhenItIsMadeAnew() {
		NatsContexts.traced().withUserConfiguration(ScopedConnection.class).run((context) -> {
			Connection connection = context.getBean(Connection.class);
			assertThat(line(context)).as("not made yet").endsWith("No broker clients");
			assertTracedOnce(context, connection);
			String client = String.valueOf(connection.getServerInfo().getClientId());
			context.getBean(RefreshableScope.class).refresh();
			assertThat(connection.getServerInfo().getClientId()).isNotEqualTo(client);
			assertTracedOnce(context, connection);
			assertThat(line(context)).endsWith("NATS: 1 connection");
		});
	}

	@Test
	void connectionWithAnAspectOfTheUserIsTracedOnce() {
		NatsContexts.traced().withUserConfiguration(OneConnection.class, Aspect.class).run((context) -> {
			assertTracedOnce(context, context.getBean(Connection.class));
			assertThat(line(context)).endsWith("NATS: 1 connection");
		});
	}

	@Test
	void connectionThatTheUserWrapsAsWellIsTracedOnce() {
		NatsContexts.traced().withUserConfiguration(WrappedByHand.class).run((context) -> {
			assertTracedOnce(context, context.getBean(Connection.class));
			assertThat(ClientProxy.isOne(NatsTracing.unwrap(context.getBean(Connection.class)))).isFalse();
			assertThat(line(context)).endsWith("NATS: 1 connection");
		});
	}

	@Test
	void connectionOfTheParentThatIsABeanOfTheChildIsTracedOnce() {
		NatsContexts.traced().withUserConfiguration(OneConnection.class).run((parent) -> {
			Connection connection = parent.getBean(Connection.class);
			NatsContexts.bare()
				.withParent(parent)
				.withBean("ofTheChild", Connection.class, () -> connection)
				.run((child) -> {
					assertThat(child.getBean("ofTheChild")).isSameAs(connection);
					assertTracedOnce(parent, child.getBean("ofTheChild", Connection.class));
				});
		});
	}

	@Test
	void beanThatIsAskedForByItsClassStaysOfThatClass() {
		NatsContexts.traced().withUserConfiguration(ConnectionOfTheUser.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(UserConnection.class)).isSameAs(context.getBean(Connection.class));
			assertThat(line(context)).endsWith("NATS: not 'connection', it is declared as UserConnection, which a"
					+ " proxy can't be: declare it as Connection");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class OneConnection {

		@Bean
		Connection connection() {
			return connect();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoConnections {

		@Bean
		@Primary
		Connection first() {
			return connect();
		}

		@Bean
		Connection second() {
			return connect();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoConnection {

		@Bean
		@Nullable Connection connection() {
			return null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrappedByHand {

		@Bean
		Connection connection(NatsTracing tracing) {
			return tracing.wrap(connect());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Aspect {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static DefaultAdvisorAutoProxyCreator proxies() {
			return new DefaultAdvisorAutoProxyCreator();
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static NameMatchMethodPointcutAdvisor aspect() {
			NameMatchMethodPointcutAdvisor advisor = new NameMatchMethodPointcutAdvisor(new SimpleTraceInterceptor());
			advisor.setClassFilter(new RootClassFilter(Connection.class));
			advisor.setMappedName("publish");
			return advisor;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedConnection {

		@Bean
		static RefreshableScope refreshableScope() {
			return new RefreshableScope();
		}

		@Bean
		static CustomScopeConfigurer scopes(RefreshableScope scope) {
			CustomScopeConfigurer scopes = new CustomScopeConfigurer();
			scopes.addScope("refresh", scope);
			return scopes;
		}

		@Bean
		@org.springframework.context.annotation.Scope(scopeName = "refresh", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Connection connection() {
			return connect();
		}

	}

	/** As Spring Cloud's {@code @RefreshScope} does: beans are made anew on demand. */
	static final class RefreshableScope implements Scope {

		private final Map<String, Object> beans = new ConcurrentHashMap<>();

		private final Map<String, Runnable> callbacks = new ConcurrentHashMap<>();

		void refresh() {
			this.beans.clear();
			this.callbacks.values().forEach(Runnable::run);
			this.callbacks.clear();
		}

		@Override
		public Object get(String name, ObjectFactory<?> factory) {
			Object bean = this.beans.get(name);
			if (bean == null) {
				bean = factory.getObject();
				this.beans.put(name, bean);
			}
			return bean;
		}

		@Override
		public @Nullable Object remove(String name) {
			return this.beans.remove(name);
		}

		@Override
		public void registerDestructionCallback(String name, Runnable callback) {
			this.callbacks.put(name, callback);
		}

		@Override
		public @Nullable Object resolveContextualObject(String key) {
			return null;
		}

		@Override
		public @Nullable String getConversationId() {
			return null;
		}

	}

	/** Made by a factory, as libraries do. */
	static final class ConnectionFactory implements FactoryBean<Connection>, DisposableBean {

		private final Connection connection = connect();

		@Override
		public Connection getObject() {
			return this.connection;
		}

		@Override
		public Class<?> getObjectType() {
			return this.connection.getClass();
		}

		@Override
		public void destroy() throws Exception {
			this.connection.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConnectionOfTheUser {

		@Bean
		UserConnection connection() {
			return Mockito.mock(UserConnection.class, AdditionalAnswers.delegatesTo(connect()));
		}

	}

	/**
	 * A connection as an application may write one for itself, less its hundred methods.
	 */
	abstract static class UserConnection implements Connection {

		@Override
		public abstract void close();

	}

}
