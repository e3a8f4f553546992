// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import com.jayway.jsonpath.JsonPath;
import io.tracing.kafka.TopicPatterns;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.RoutingKafkaTemplate;
import org.springframework.kafka.support.ShareAcknowledgment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a user can configure: bad values stop the start with a message that helps, and the
 * metadata tells an IDE of all of them.
 */
@ExtendWith(OutputCaptureExtension.class)
class TracingPropertiesTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					tracing.semantic-conventions | 1.99    | there are no such conventions       | Set it to 1.44, 1.45 or both.
					tracing.warning-interval     | -5s     | a duration can't be negative        | Set it to zero for a warning about every fault, or to a time such as 1m.
					tracing.kafka.include        | orders[ | it is not a pattern of topics       | Use the name of a topic (letters, digits, '.', '_' and '-'), with '*' for any run of characters, such as 'orders.*'.
					tracing.kafka.exclude        | a b     | it is not a pattern of topics       | Use the name of a topic (letters, digits, '.', '_' and '-'), with '*' for any run of characters, such as 'orders.*'.
					tracing.kafka.untrusted      | in?     | it is not a pattern of topics       | Use the name of a topic (letters, digits, '.', '_' and '-'), with '*' for any run of characters, such as 'orders.*'.
					tracing.nats.include | a..b | it is not a pattern of subjects | Use tokens that '.' separates, with '*' for one token and '>' for all that follow, such as 'orders.*.created' or 'orders.>'.
					tracing.nats.exclude | orders-* | it is not a pattern of subjects | Use tokens that '.' separates, with '*' for one token and '>' for all that follow, such as 'orders.*.created' or 'orders.>'.
					tracing.nats.untrusted | >x | it is not a pattern of subjects | Use tokens that '.' separates, with '*' for one token and '>' for all that follow, such as 'orders.*.created' or 'orders.>'.
					tracing.nats.subject-templates | a b.* | it is not a pattern of subjects | Use tokens that '.' separates, with '*' for one token and '>' for all that follow, such as 'orders.*.created' or 'orders.>'.
					tracing.nats.dual-write.subjects | orders. | it is not a pattern of subjects | Use tokens that '.' separates, with '*' for one token and '>' for all that follow, such as 'orders.*.created' or 'orders.>'.
					tracing.nats.dual-write.field | a b | it is not the name of a field | Use letters, digits, '_', '-' and '.', such as 'trace_parent'.
					""")
	void badValueStopsTheStartWithTheMend(String property, String value, String reason, String mend,
			CapturedOutput output) {
		assertThatThrownBy(() -> start("--" + property + "=" + value)).isInstanceOf(Exception.class);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'%s'".formatted(property))
			.contains("\"%s\" from property source \"commandLineArgs\"".formatted(property))
			.contains("is invalid because " + reason)
			.contains(mend);
		if (!value.equals("-5s")) {
			assertThat(output).contains("The value '%s'".formatted(value));
		}
	}

	@Test
	void blankPatternOfSubjectsStopsTheStart(CapturedOutput output) {
		assertThatThrownBy(() -> start("--tracing.nats.include=orders.*,,audit.>")).isInstanceOf(Exception.class);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The value '' of the property 'tracing.nats.include'")
			.contains("is invalid because it is not a pattern of subjects")
			.contains("Use tokens that '.' separates");
	}

	@Test
	void blankPatternOfListenersStopsTheStart(CapturedOutput output) {
		assertThatThrownBy(() -> start("--tracing.kafka.exclude-listeners=audit,,billing"))
			.isInstanceOf(Exception.class);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The value '' of the property 'tracing.kafka.exclude-listeners'")
			.contains("is invalid because it is blank")
			.contains("Use the id of a listener");
	}

	@Test
	void valueOfAnEnumIsAnsweredByBoot(CapturedOutput output) {
		assertThatThrownBy(() -> start("--tracing.consumer.parent=nobody")).isInstanceOf(Exception.class);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property: tracing.consumer.parent")
			.contains("Value: \"nobody\"")
			.contains("LINK")
			.contains("PRODUCER");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tracing.kafka.include=orders[", "tracing.semantic-conventions=1.99" })
	void badValueStopsALazyStartToo(String property, CapturedOutput output) {
		assertThatThrownBy(() -> start("--" + property, "--spring.main.lazy-initialization=true",
				"--spring.kafka.listener.missing-topics-fatal=false"))
			.isInstanceOf(Exception.class);
		assertThat(output).contains("APPLICATION FAILED TO START");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "tracing.telemetry.buffer-size=1KB | one message can be as large as 1MB",
					"tracing.telemetry.flush-timeout=-1s | a duration can't be negative",
					"tracing.telemetry.nats.password=secret | a user needs a name and a password",
					"tracing.telemetry.stream.name=a.b | it is not the name of a stream",
					"tracing.telemetry.stream.max-age=1ms | no stream keeps its messages for so short a time",
					"tracing.telemetry.stream.max-size=0 | a stream without room keeps nothing",
					"tracing.telemetry.stream.replicas=7 | a stream has 1 to 5 replicas" })
	void badValueOfTelemetryStopsTheStart(String property, String reason, CapturedOutput output) {
		assertThatThrownBy(() -> start("--" + property, "--tracing.telemetry.enabled=true",
				"--tracing.telemetry.nats.servers=nats://localhost:1"))
			.isInstanceOf(Exception.class);
		assertThat(output).contains("of the property '" + property.split("=")[0] + "'")
			.contains("is invalid because " + reason)
			.doesNotContain("secret");
	}

	@ParameterizedTest
	@CsvSource({ "tracing.enabled, true", "tracing.semantic-conventions, 1.44", "tracing.warning-interval, 1m",
			"tracing.consumer.parent, producer", "tracing.metrics.enabled, true", "tracing.kafka.enabled, true",
			"tracing.kafka.capture-key, true", "tracing.kafka.propagation, true", "tracing.kafka.include, ",
			"tracing.kafka.exclude, ", "tracing.kafka.untrusted, ", "tracing.kafka.observation, yield",
			"tracing.capture-headers, ", "tracing.kafka.consumer.record-spans-in-batch, false",
			"tracing.kafka.consumer.poll-spans, false", "tracing.kafka.consumer.commit-spans, false",
			"tracing.kafka.include-listeners, ", "tracing.kafka.exclude-listeners, ", "tracing.nats.enabled, true",
			"tracing.nats.capture-key, true", "tracing.nats.propagation, true", "tracing.nats.settle-spans, true",
			"tracing.nats.advisories, true", "tracing.nats.include, ", "tracing.nats.exclude, ",
			"tracing.nats.untrusted, ", "tracing.nats.subject-templates, ", "tracing.nats.dual-write.subjects, ",
			"tracing.nats.dual-write.field, trace_parent", "tracing.bridge.enabled, false",
			"tracing.bridge.endpoint, http://localhost:4318", "tracing.bridge.timeout, 10s",
			"tracing.bridge.compression, none", "tracing.bridge.headers, ", "tracing.bridge.spans.endpoint, ",
			"tracing.bridge.durable, otlp-bridge", "tracing.bridge.batch-size, 100",
			"tracing.bridge.flush-interval, 5s", "tracing.bridge.max-deliveries, 4", "tracing.telemetry.enabled, false",
			"tracing.telemetry.format, otlp", "'tracing.telemetry.signals', 'spans,logs,metrics'",
			"tracing.telemetry.buffer-size, 16MB", "tracing.telemetry.flush-timeout, 10s",
			"tracing.telemetry.nats.servers, ", "tracing.telemetry.nats.username, ",
			"tracing.telemetry.nats.password, ", "tracing.telemetry.nats.token, ",
			"tracing.telemetry.nats.credentials, ", "tracing.telemetry.stream.name, TELEMETRY",
			"tracing.telemetry.stream.max-age, 7d", "tracing.telemetry.stream.max-size, 1GB",
			"tracing.telemetry.stream.replicas, 1" })
	void propertyIsDescribedWithItsDefault(String name, String defaultValue) throws IOException {
		Map<String, Object> property = node("properties", name);
		assertThat(property.get("description")).asString().isNotBlank().endsWith(".");
		assertThat(defaultValue(property)).as(name).isEqualTo((defaultValue != null) ? defaultValue : "");
	}

	@Test
	void everyPropertyIsInTheReadmeWithItsDefault() throws IOException {
		List<Map<String, Object>> properties = read("$.properties[?(@.name =~ /tracing.*/)]");
		assertThat(settingsOfTheReadme()).isEqualTo(properties.stream()
			.collect(Collectors.toMap((property) -> (String) property.get("name"),
					TracingPropertiesTests::defaultValue)));
	}

	@Test
	void choicesAreHinted() throws IOException {
		List<String> conventions = read("$.hints[?(@.name == 'tracing.semantic-conventions')].values[*].value");
		assertThat(conventions).containsExactly("1.44", "1.45", "both");
		List<String> parents = read("$.hints[?(@.name == 'tracing.consumer.parent')].values[*].value");
		assertThat(parents).containsExactly("producer", "link");
		List<String> observations = read("$.hints[?(@.name == 'tracing.kafka.observation')].values[*].value");
		assertThat(observations).containsExactly("yield", "replace");
		List<String> compressions = read("$.hints[?(@.name == 'tracing.bridge.compression')].values[*].value");
		assertThat(compressions).containsExactly("none", "gzip");
		List<String> formats = read("$.hints[?(@.name == 'tracing.telemetry.format')].values[*].value");
		assertThat(formats).containsExactly("otlp", "dagnats");
		List<String> signals = read("$.hints[?(@.name == 'tracing.telemetry.signals')].values[*].value");
		assertThat(signals).containsExactly("spans", "logs", "metrics");
	}

	@Test
	void nativeImageLearnsOfTheProxies() {
		RuntimeHints hints = new RuntimeHints();
		new KafkaTracingRuntimeHints().registerHints(hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(Consumer.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(ShareConsumer.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(ShareAcknowledgment.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(Producer.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(KafkaTemplate.class, "observationEnabled"))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(RoutingKafkaTemplate.class, "factoryMatchers"))
			.accepts(hints);
	}

	@Test
	void defaultsTraceEverySubject() {
		NatsTracingProperties properties = new Binder(new MapConfigurationPropertySource()).bindOrCreate("tracing.nats",
				NatsTracingProperties.class);
		assertThat(properties.subjects()).accepts("anything", "orders.created");
		assertThat(properties.untrustedSubjects()).rejects("anything");
		assertThat(properties.dualWrite().predicate()).rejects("anything");
	}

	@Test
	void defaultsTraceEveryTopic() {
		KafkaTracingProperties properties = new KafkaTracingProperties(true, true, true, List.of(), List.of(),
				List.of(), List.of(), List.of(), SpringObservation.YIELD,
				new KafkaTracingProperties.Consumer(false, false, false));
		TopicPatterns topics = properties.topics();
		assertThat(topics).accepts("anything");
		assertThat(properties.untrustedTopics()).rejects("anything");
	}

	private static void start(String... arguments) {
		new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(Map.of("management.otlp.metrics.export.enabled", "false"))
			.run(arguments)
			.close();
	}

	/**
	 * The table of the README: the names of one row, and their default.
	 */
	private static Map<String, String> settingsOfTheReadme() throws IOException {
		Map<String, String> settings = new HashMap<>();
		String readme = Files.readString(Path.of("..", "README.md"));
		for (String line : readme.split("\n## Settings\n")[1].split("\n## ")[0].split("\n")) {
			String[] cells = line.split("\\|");
			if (cells.length > 2 && cells[1].startsWith(" `tracing.")) {
				for (String name : cells[1].split(",")) {
					settings.put(name.strip().replace("`", ""), cells[2].strip().replace("`", ""));
				}
			}
		}
		return settings;
	}

	private static String defaultValue(Map<String, Object> property) {
		Object value = property.get("defaultValue");
		return (value == null || value.equals(List.of())) ? "" : value.toString();
	}

	private static Map<String, Object> node(String section, String name) throws IOException {
		List<Map<String, Object>> nodes = read("$.%s[?(@.name == '%s')]".formatted(section, name));
		assertThat(nodes).as(name).hasSize(1);
		return nodes.get(0);
	}

	private static <T> T read(String path) throws IOException {
		try (InputStream stream = Objects.requireNonNull(TracingPropertiesTests.class.getClassLoader()
			.getResourceAsStream("META-INF/spring-configuration-metadata.json"))) {
			return JsonPath.parse(stream).read(path);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
