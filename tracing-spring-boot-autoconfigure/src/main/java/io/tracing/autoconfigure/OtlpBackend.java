// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.tracing.bridge.InvalidOtlpOptionException;
import io.tracing.bridge.OtlpEnvironment;
import io.tracing.bridge.OtlpHttpOptions;
import io.tracing.bridge.OtlpHttpOptionsBuilder;
import io.tracing.telemetry.wire.Signal;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;

/**
 * Where the bridge sends, and how: by the properties, else by the variables that
 * OpenTelemetry has for it, else by their defaults. What is set for one signal is
 * stronger than what is set for all in the same place; a property is stronger than any
 * variable.
 */
final class OtlpBackend {

	private static final Log logger = LogFactory.getLog("io.tracing.bridge");

	private static final String PREFIX = "tracing.bridge.";

	private static final String VARIABLES = "OTEL_EXPORTER_OTLP_";

	private final OtlpBridgeProperties properties;

	private final OtlpHttpOptionsBuilder builder = OtlpHttpOptions.builder();

	private OtlpBackend(OtlpBridgeProperties properties) {
		this.properties = properties;
	}

	static OtlpHttpOptions of(OtlpBridgeProperties properties, Environment environment, @Nullable SslBundles bundles) {
		OtlpBackend backend = new OtlpBackend(properties);
		backend.useVariables(environment);
		backend.forAll(bundles);
		for (Signal signal : Signal.values()) {
			backend.only(signal);
		}
		return backend.builder.build();
	}

	private void useVariables(Environment environment) {
		OtlpEnvironment variables = new OtlpEnvironment(variables(environment));
		variables.warnings().forEach(logger::warn);
		try {
			variables.applyTo(this.builder);
		}
		catch (InvalidOtlpOptionException ex) {
			throw new InvalidTracingPropertyException(ex.option(), ex.value(), ex.reason(), ex.mend());
		}
	}

	private static Map<String, String> variables(Environment environment) {
		Map<String, String> variables = new HashMap<>();
		if (environment instanceof ConfigurableEnvironment configurable) {
			configurable.getPropertySources()
				.stream()
				.filter(EnumerablePropertySource.class::isInstance)
				.flatMap((source) -> Arrays.stream(((EnumerablePropertySource<?>) source).getPropertyNames()))
				.filter((name) -> name.startsWith(VARIABLES))
				.forEach((name) -> variables.put(name, environment.getProperty(name)));
		}
		return variables;
	}

	private void forAll(@Nullable SslBundles bundles) {
		set("endpoint", this.properties.endpoint(), this.builder::endpoint);
		if (!this.properties.headers().isEmpty()) {
			set("headers", this.properties.headers(), this.builder::headers);
		}
		set("timeout", this.properties.timeout(), this.builder::timeout);
		set("compression", this.properties.compression(), (compression) -> this.builder.gzip(isGzip(compression)));
		set("ssl-bundle", this.properties.sslBundle(), (name) -> useBundle(name, bundles));
	}

	private void only(Signal signal) {
		OtlpBridgeProperties.Target target = this.properties.target(signal);
		String name = signal.text() + ".";
		set(name + "endpoint", target.endpoint(), (endpoint) -> this.builder.endpoint(signal, endpoint));
		if (!target.headers().isEmpty()) {
			set(name + "headers", target.headers(), (headers) -> this.builder.headers(signal, headers));
		}
		set(name + "timeout", target.timeout(), (timeout) -> this.builder.timeout(signal, timeout));
		set(name + "compression", target.compression(),
				(compression) -> this.builder.gzip(signal, isGzip(compression)));
	}

	private static boolean isGzip(OtlpBridgeProperties.Compression compression) {
		return compression == OtlpBridgeProperties.Compression.GZIP;
	}

	private void useBundle(String name, @Nullable SslBundles bundles) {
		if (bundles == null) {
			throw noBundle(name);
		}
		try {
			this.builder.sslContext(bundles.getBundle(name).createSslContext());
		}
		catch (NoSuchSslBundleException ex) {
			throw noBundle(name);
		}
	}

	private static InvalidTracingPropertyException noBundle(String name) {
		return new InvalidTracingPropertyException(PREFIX + "ssl-bundle", name, "there is no SSL bundle of that name",
				"Configure one with spring.ssl.bundle.pem.%1$s or spring.ssl.bundle.jks.%1$s.".formatted(name));
	}

	private static <T> void set(String name, @Nullable T value, Consumer<T> setter) {
		if (value == null) {
			return;
		}
		try {
			setter.accept(value);
		}
		catch (InvalidOtlpOptionException ex) {
			throw new InvalidTracingPropertyException(PREFIX + name, ex.value(), ex.reason(), ex.mend());
		}
	}

}
