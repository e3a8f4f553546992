// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The arrows between the packages, and what keeps the code small enough to be read.
 */
class ArchitectureTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.tracing");

	private static final int MAX_LINES = 400;

	@Test
	void messagingKnowsTheOpenTelemetryApiAndNoBroker() {
		check(classes().that()
			.resideInAPackage("io.tracing.messaging..")
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage("java..", "io.tracing.messaging..", "io.opentelemetry.api..",
					"io.opentelemetry.context..", "org.slf4j..", "org.jspecify.annotations..")));
	}

	@Test
	void kafkaKnowsOfSpringOnlySpringKafka() {
		check(classes().that()
			.resideInAPackage("io.tracing.kafka..")
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage("java..", "io.tracing.kafka..", "io.tracing.messaging..",
					"io.opentelemetry.api..", "io.opentelemetry.context..", "org.apache.kafka..",
					"org.springframework.kafka..",
					// What Spring Kafka takes for the span of a listener.
					"io.micrometer.observation..", "io.micrometer.common..", "org.aopalliance..", "org.slf4j..",
					"org.jspecify.annotations..")));
	}

	@Test
	void natsKnowsNoSpring() {
		check(classes().that()
			.resideInAPackage("io.tracing.nats..")
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage("java..", "io.tracing.nats..", "io.tracing.messaging..",
					"io.opentelemetry.api..", "io.opentelemetry.context..", "io.nats..", "org.slf4j..",
					"org.jspecify.annotations..")));
	}

	@Test
	void brokersDoNotKnowEachOther() {
		check(slices().matching("io.tracing.(kafka|nats)..").should().notDependOnEachOther());
	}

	@Test
	void recordsKnowTheJdk() {
		check(classes().that()
			.resideInAPackage("io.tracing.telemetry.wire..")
			.should()
			.onlyDependOnClassesThat(
					resideInAnyPackage("java..", "io.tracing.telemetry.wire..", "org.jspecify.annotations..")));
	}

	@Test
	void telemetryKnowsThePublicApiOfTheSdkAndNoSpring() {
		check(classes().that()
			.resideInAPackage("io.tracing.telemetry..")
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage("java..", "io.tracing.telemetry..", "io.tracing.messaging..",
					"io.opentelemetry.api..", "io.opentelemetry.context..", "io.opentelemetry.common..",
					"io.opentelemetry.sdk..", "io.opentelemetry.exporter.otlp.http..", "io.nats..",
					// The sender of Boot's metrics.
					"io.micrometer.registry.otlp..", "org.slf4j..", "org.jspecify.annotations..")));
		check(noClasses().that()
			.resideInAPackage("io.tracing..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.opentelemetry..internal.."));
	}

	@Test
	void bridgeKnowsNoSdkAndNoSpring() {
		check(classes().that()
			.resideInAPackage("io.tracing.bridge..")
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage("java..", "javax.net.ssl..", "io.tracing.bridge..",
					"io.tracing.telemetry.wire..", "io.tracing.messaging..", "io.opentelemetry.proto..",
					"com.google.protobuf..", "io.nats..", "org.slf4j..", "org.jspecify.annotations..")));
	}

	@Test
	void onlyTheBridgeKnowsProtobuf() {
		check(noClasses().that()
			.resideOutsideOfPackages("io.tracing.bridge..", "io.tracing.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.opentelemetry.proto..", "com.google.protobuf.."));
	}

	@Test
	void telemetryAndBridgeShareTheRecordsAlone() {
		check(noClasses().that()
			.resideInAPackage("io.tracing.telemetry..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.tracing.bridge.."));
	}

	@Test
	void micrometerKnowsNoBrokerAndNoSpring() {
		check(classes().that()
			.resideInAPackage("io.tracing.micrometer..")
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage("java..", "io.tracing.micrometer..", "io.tracing.messaging..",
					// What they measure, without their brokers.
					"io.tracing.telemetry..", "io.tracing.bridge..", "io.opentelemetry.api..", "io.micrometer.core..",
					"org.jspecify.annotations..")));
	}

	@Test
	void nobodyKnowsTheAutoConfiguration() {
		check(noClasses().that()
			.resideOutsideOfPackage("io.tracing.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.tracing.autoconfigure.."));
	}

	@Test
	void onlyTheAutoConfigurationKnowsSpringBoot() {
		check(noClasses().that()
			.resideOutsideOfPackage("io.tracing.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot..", "org.springframework.context..",
					"org.springframework.beans.."));
	}

	@Test
	void onlyWhatAsksForItsLimitsOrExportsKnowsTheSdk() {
		check(noClasses().that()
			.resideOutsideOfPackage("io.tracing.telemetry..")
			.and()
			.haveNameNotMatching("io\\.tracing\\.autoconfigure\\.(SdkSpanLimits|Telemetry).*")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.opentelemetry.sdk.."));
	}

	@Test
	void packagesHaveNoCycles() {
		check(slices().matching("io.tracing.(*)..").should().beFreeOfCycles());
	}

	@Test
	void everyPackageIsNullMarked() {
		Set<String> packages = new TreeSet<>();
		CLASSES.forEach((type) -> packages.add(type.getPackageName()));
		assertThat(packages).isNotEmpty()
			.allSatisfy(
					(name) -> assertThat(CLASSES.getPackage(name).isAnnotatedWith(NullMarked.class)).as(name).isTrue());
	}

	@Test
	void nothingSleeps() {
		check(noClasses().should().callMethod(Thread.class, "sleep", long.class));
	}

	@Test
	void nothingChangesCaseWithoutALocale() {
		check(noClasses().should()
			.callMethod(String.class, "toLowerCase")
			.orShould()
			.callMethod(String.class, "toUpperCase"));
	}

	@Test
	void nothingIsCalledUtilsManagerOrHelper() {
		check(noClasses().should()
			.haveSimpleNameEndingWith("Utils")
			.orShould()
			.haveSimpleNameEndingWith("Manager")
			.orShould()
			.haveSimpleNameEndingWith("Helper"));
	}

	@Test
	void autoConfigurationIsPublicOnlyWhereSpringOrTheUserNeedsIt() {
		check(classes().that()
			.resideInAPackage("io.tracing.autoconfigure..")
			.and()
			.arePublic()
			.and(topLevel())
			.should()
			.haveSimpleNameEndingWith("AutoConfiguration")
			.orShould()
			.haveSimpleNameEndingWith("Endpoint"));
	}

	@Test
	void mostOfTheCodeIsNoApi() {
		List<JavaClass> types = CLASSES.stream()
			.filter((type) -> !type.getSimpleName().equals("package-info"))
			.toList();
		long open = types.stream().filter((type) -> type.getModifiers().contains(JavaModifier.PUBLIC)).count();
		assertThat((double) open / types.size()).as("share of public types").isLessThan(0.55);
	}

	@Test
	void noFileIsTooLongToBeRead() throws IOException {
		assertThat(sources()).isNotEmpty().allSatisfy((file) -> {
			try (Stream<String> lines = Files.lines(file)) {
				assertThat(lines.count()).as(file.toString()).isLessThanOrEqualTo(MAX_LINES);
			}
		});
	}

	@Test
	void everyFileNamesItsLicence() throws IOException {
		assertThat(sources()).isNotEmpty()
			.allSatisfy((file) -> assertThat(Files.readString(file))
				.startsWith("// Copyright the tracing-spring-boot authors\n// SPDX-License-Identifier: Apache-2.0\n"));
	}

	@Test
	void testsDoNotSleep() throws IOException {
		String sleep = "Thread." + "sleep(";
		assertThat(sources()).isNotEmpty()
			.allSatisfy((file) -> assertThat(Files.readString(file)).doesNotContain(sleep));
	}

	private static List<Path> sources() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src"))) {
			return files.filter((file) -> file.toString().toLowerCase(Locale.ROOT).endsWith(".java")).toList();
		}
	}

	private static DescribedPredicate<JavaClass> topLevel() {
		return DescribedPredicate.describe("are top level", JavaClass::isTopLevelClass);
	}

	private static void check(ArchRule rule) {
		rule.check(CLASSES);
	}

}
