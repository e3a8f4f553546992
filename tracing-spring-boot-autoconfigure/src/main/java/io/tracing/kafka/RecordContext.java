// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.util.concurrent.Callable;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.tracing.messaging.Faults;
import io.tracing.messaging.GuardedScope;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The context of one record, to run code in: what the code sends, calls and logs belongs
 * to the record's trace. Any thread can use it, at any time.
 *
 * @see KafkaTracing#forRecord(ConsumerRecord)
 */
public final class RecordContext {

	private final Context context;

	private final Faults faults;

	private RecordContext(Context context, Faults faults) {
		this.context = context;
		this.faults = faults;
	}

	static RecordContext of(ConsumerRecord<?, ?> record, KafkaTracing kafka) {
		Faults faults = kafka.messaging().faults();
		Context current = Context.root();
		try {
			current = Context.current();
			return new RecordContext(kafka.messaging().isEnabled() ? find(record, kafka, current) : current, faults);
		}
		catch (Throwable ex) {
			faults.report("finding the context of a record", ex);
			return new RecordContext(current, faults);
		}
	}

	private static Context find(ConsumerRecord<?, ?> record, KafkaTracing kafka, Context current) {
		BatchContext batch = BatchContext.of(current);
		Context own = (batch != null) ? batch.contextOf(record) : null;
		if (own != null) {
			return own;
		}
		Context creation = kafka.contextOf(record);
		if (!Span.fromContext(creation).getSpanContext().isValid()) {
			// It has no trace of its own: what is done for it belongs where it is done.
			Baggage baggage = Baggage.fromContext(creation);
			return baggage.isEmpty() ? current : current.with(baggage);
		}
		return (batch != null) ? batch.putInto(creation) : creation;
	}

	/**
	 * The context itself, for code that passes contexts on by itself.
	 * @return the context
	 */
	public Context context() {
		return this.context;
	}

	/**
	 * Run code in the context. The thread then gets back the context it had.
	 * @param code the code, whose exceptions go on to the caller as they are
	 */
	public void run(Runnable code) {
		GuardedScope scope = GuardedScope.open(this.context, this.faults);
		try {
			code.run();
		}
		finally {
			scope.close();
		}
	}

	/**
	 * Run code in the context, for its result. The thread then gets back the context it
	 * had.
	 * @param code the code
	 * @param <T> the type of the result
	 * @return what the code returned
	 * @throws Exception what the code threw, as it is
	 */
	public <T extends @Nullable Object> T call(Callable<T> code) throws Exception {
		GuardedScope scope = GuardedScope.open(this.context, this.faults);
		try {
			return code.call();
		}
		finally {
			scope.close();
		}
	}

}
