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
		Context before = current(faults);
		return new GuardedScope(before, attach(context, before, faults), faults);
	}

	/**
	 * Give the thread back the context it had.
	 */
	public void close() {
		restore(this.before, this.scope, this.faults);
	}

	static Context current(Faults faults) {
		try {
			return Context.current();
		}
		catch (Throwable ex) {
			faults.report("asking for the current context", ex);
			return Context.root();
		}
	}

	static @Nullable Scope attach(Context context, Context before, Faults faults) {
		try {
			return (before != context) ? context.makeCurrent() : null;
		}
		catch (Throwable ex) {
			faults.report("making a context current", ex);
			return null;
		}
	}

	static void restore(Context before, @Nullable Scope scope, Faults faults) {
		try {
			if (scope != null) {
				scope.close();
			}
			if (Context.current() != before) {
				// A scope that was opened inside and never closed makes close() a no-op:
				// without this line the thread would keep the leaked context for ever.
				before.makeCurrent();
			}
		}
		catch (Throwable ex) {
			faults.report("giving a thread its context back", ex);
		}
	}

}
