// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.messaging;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A context made current, and the promise to give the thread back what it had. A context
 * storage that throws costs the context, not the code that was to run in it.
 */
public final class GuardedScope {

	private final Context before;

	private final @Nullable Scope scope;

	private final Faults faults;

	private GuardedScope(Context before, @Nullable Scope scope, Faults faults) {
		this.before = before;
		this.scope = scope;
		this.faults = faults;
	}

	/**
	 * Make a context current on this thread.
	 * @param context the context
	 * @param faults where faults of tracing go
	 * @return what must be closed on the same thread
	 */
	public static GuardedScope open(Context context, Faults faults) {
		Context before = Context.root();
		Scope scope = null;
		try {
			before = Context.current();
			scope = (before != context) ? context.makeCurrent() : null;
		}
		catch (Throwable ex) {
			faults.report("making a context current", ex);
		}
		return new GuardedScope(before, scope, faults);
	}

	/**
	 * Give the thread back the context it had.
	 */
	public void close() {
		try {
			if (this.scope != null) {
				this.scope.close();
			}
			if (Context.current() != this.before) {
				// A scope that was opened inside and never closed makes close() a no-op:
				// without this line the thread would keep the leaked context for ever.
				this.before.makeCurrent();
			}
		}
		catch (Throwable ex) {
			this.faults.report("giving a thread its context back", ex);
		}
	}

}
