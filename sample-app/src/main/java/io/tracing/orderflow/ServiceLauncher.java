// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts one service in an application context of its own.
 */
final class ServiceLauncher {

	private final Role role;

	private final Map<String, String> settings = new LinkedHashMap<>();

	private final List<ApplicationContextInitializer<?>> initializers = new ArrayList<>();

	private final Map<String, Object> defaults = new LinkedHashMap<>(Logging.QUIET_FAILURE);

	private boolean shutdownHook = true;

	ServiceLauncher(Role role) {
		this.role = role;
		set("spring.config.name", "application," + role.text());
	}

	/** Sets a property that the user's own properties do not override. */
	ServiceLauncher set(String property, Object value) {
		this.settings.put(property, value.toString());
		return this;
	}

	/** Sets properties that everything else overrides. */
	ServiceLauncher defaults(Map<String, Object> properties) {
		this.defaults.putAll(properties);
		return this;
	}

	ServiceLauncher initializer(ApplicationContextInitializer<?> initializer) {
		this.initializers.add(initializer);
		return this;
	}

	/** Leaves it to the caller to close the context. */
	ServiceLauncher withoutShutdownHook() {
		this.shutdownHook = false;
		return this;
	}

	ConfigurableApplicationContext start(List<String> properties) {
		SpringApplication application = new SpringApplication(this.role.configuration());
		application.setBannerMode(Banner.Mode.OFF);
		application.setLogStartupInfo(false);
		application.setRegisterShutdownHook(this.shutdownHook);
		application.setDefaultProperties(this.defaults);
		this.initializers.forEach(application::addInitializers);
		List<String> arguments = new ArrayList<>();
		this.settings.forEach((name, value) -> arguments.add("--" + name + "=" + value));
		// Twice the same option would be a list of both values.
		properties.stream().filter((property) -> !this.settings.containsKey(name(property))).forEach(arguments::add);
		return application.run(arguments.toArray(String[]::new));
	}

	private static String name(String property) {
		return property.substring("--".length(), property.indexOf('='));
	}

}
