// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.ReferencedClassObject;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.tracing.messaging.ClientProxy;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A native image learns of every interface that the code puts a proxy in front of: which
 * ones those are is read from the compiled code itself.
 */
class NatsTracingRuntimeHintsTests {

	private static final JavaClasses CODE = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.tracing.nats", "io.tracing.messaging");

	@Test
	void everyProxiedInterfaceHasAHint() {
		RuntimeHints hints = new RuntimeHints();
		new NatsTracingRuntimeHints().registerHints(hints, getClass().getClassLoader());
		assertThat(proxied()).isNotEmpty()
			.allSatisfy((type) -> assertThat(RuntimeHintsPredicates.proxies().forInterfaces(type)).accepts(hints));
	}

	@Test
	void noHintIsLeftOfWhatIsNoLongerProxied() {
		assertThat(NatsTracingRuntimeHints.PROXIES).doesNotHaveDuplicates()
			.containsExactlyInAnyOrderElementsOf(proxied());
	}

	@Test
	void proxiesAreMadeInOnePlace() {
		noClasses().that()
			.doNotBelongToAnyOf(ClientProxy.class)
			.should()
			.callMethod(Proxy.class, "newProxyInstance", ClassLoader.class, Class[].class, InvocationHandler.class)
			.check(CODE);
	}

	/**
	 * The interfaces that stand in the methods that call {@code as(Interface.class)}.
	 */
	private static Set<Class<?>> proxied() {
		return CODE.stream()
			.filter((type) -> type.getPackageName().startsWith("io.tracing.nats"))
			.flatMap((type) -> type.getCodeUnits().stream())
			.filter(NatsTracingRuntimeHintsTests::makesProxies)
			.flatMap((method) -> method.getReferencedClassObjects().stream())
			.map(ReferencedClassObject::getRawType)
			.filter(JavaClass::isInterface)
			.map(JavaClass::reflect)
			.collect(Collectors.toSet());
	}

	private static boolean makesProxies(JavaCodeUnit method) {
		return method.getMethodCallsFromSelf()
			.stream()
			.map((call) -> call.getTarget())
			.anyMatch(NatsTracingRuntimeHintsTests::isAs);
	}

	private static boolean isAs(MethodCallTarget target) {
		return target.getName().equals("as") && target.getOwner().isAssignableTo(ClientProxy.class);
	}

}
