// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.sql.Connection;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;

/**
 * A span for each commit: it is where PostgreSQL waits for its disk, and without it that
 * time is a gap. The observations know statements and connections only.
 */
final class CommitSpans implements MethodExecutionListener {

	private static final String SPAN = CommitSpans.class.getName();

	private final Tracer tracer;

	CommitSpans(Tracer tracer) {
		this.tracer = tracer;
	}

	@Override
	public void beforeMethod(MethodExecutionContext context) {
		if (context.getTarget() instanceof Connection && "commit".equals(context.getMethod().getName())
				&& this.tracer.currentSpan() != null) {
			context.addCustomValue(SPAN,
					this.tracer.spanBuilder()
						.name("COMMIT")
						.kind(Span.Kind.CLIENT)
						.tag("db.system.name", "postgresql")
						.tag("db.operation.name", "COMMIT")
						.start());
		}
	}

	@Override
	public void afterMethod(MethodExecutionContext context) {
		Span span = context.getCustomValue(SPAN, Span.class);
		if (span != null) {
			if (context.getThrown() != null) {
				span.error(context.getThrown());
				span.tag("error.type", context.getThrown().getClass().getName());
			}
			span.end();
		}
	}

}
