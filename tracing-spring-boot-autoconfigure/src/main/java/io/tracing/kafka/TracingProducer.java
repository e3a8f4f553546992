// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka;

import java.lang.reflect.Method;
import java.util.concurrent.Future;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.tracing.messaging.ClientProxy;
import io.tracing.messaging.GuardedScope;
import io.tracing.messaging.MessagingAttributes;
import io.tracing.messaging.MessagingOperation;
import io.tracing.messaging.MessagingTracing;
import io.tracing.messaging.RunningSpan;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A producer whose sends are traced.
 */
final class TracingProducer<K, V> extends ClientProxy<Producer<K, V>> {

	private final KafkaTracing kafka;

	private final MessagingTracing tracing;

	private final KafkaOperations operations;

	private final Transactions transactions = new Transactions();

	TracingProducer(Producer<K, V> delegate, KafkaTracing kafka, KafkaOperations operations) {
		super(delegate);
		this.kafka = kafka;
		this.tracing = kafka.messaging();
		this.operations = operations;
	}

	@Override
	@SuppressWarnings("unchecked")
	protected @Nullable Object invoke(Method method, Object @Nullable [] arguments) throws Throwable {
		if (arguments != null && method.getName().equals("send") && arguments[0] instanceof ProducerRecord) {
			return send((ProducerRecord<K, V>) arguments[0], (arguments.length > 1) ? (Callback) arguments[1] : null);
		}
		Throwable failure = null;
		try {
			return proceed(method, arguments);
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			follow(method, failure);
		}
	}

	private void follow(Method method, @Nullable Throwable failure) {
		try {
			this.transactions.after(method.getName(), failure);
		}
		catch (Throwable ex) {
			this.tracing.faults().report("following a transaction", ex);
		}
	}

	private Future<RecordMetadata> send(ProducerRecord<K, V> record, @Nullable Callback callback) {
		TracedProducerRecord<K, V> traced = trace(record);
		if (traced == null) {
			return this.delegate.send(record, callback);
		}
		boolean injected = this.kafka.propagates()
				&& this.tracing.inject(traced.span().context(), traced.headers(), KafkaHeadersSetter.INSTANCE);
		try {
			return this.delegate.send(injected ? traced : record,
					(metadata, exception) -> completed(traced, metadata, exception, callback));
		}
		catch (Exception ex) {
			outcome(traced, null, ex);
			throw ex;
		}
		catch (Error ex) {
			traced.span().end(ex);
			throw ex;
		}
	}

	/**
	 * Start the send span. Returns {@code null} where there is none to be, also because
	 * of a fault: then the record is sent as it is.
	 */
	private @Nullable TracedProducerRecord<K, V> trace(ProducerRecord<K, V> record) {
		try {
			MessagingOperation operation = this.operations.on(record.topic());
			if (operation == null || TracedProducerRecord.isOnItsWay(record)) {
				return null;
			}
			Header[] headers = record.headers().toArray();
			Context sender = Context.current();
			SpanContext carried = carriedContext(headers);
			SpanContext current = Span.fromContext(sender).getSpanContext();
			if (carried != null && isSentBy(current, carried)) {
				return null;
			}
			BatchContext batch = BatchContext.of(sender);
			SpanContext linked = carried;
			Context failed = (carried != null && !current.isValid()) ? ListenerThread.contextOfFailed(carried) : null;
			if (failed != null) {
				sender = failed;
			}
			else if (carried != null && goesOn(batch, current, carried)) {
				sender = goOn(sender, batch, carried, headers);
				linked = null;
			}
			if (batch != null && linked == null && (carried != null || current.isRemote())) {
				linked = batch.span();
			}
			TracedProducerRecord<K, V> traced = new TracedProducerRecord<>(record, headers,
					this.tracing.propagationFields(), sender);
			return traced.with(start(operation, traced, sender, linked));
		}
		catch (Throwable ex) {
			this.tracing.faults().report("starting the span of a send", ex);
			return null;
		}
	}

	/**
	 * Whether somebody else made the send span: Spring's observation does so, and writes
	 * it into the headers. A remote span that is current is no such one: it is that of a
	 * record which is being forwarded.
	 */
	private static boolean isSentBy(SpanContext current, SpanContext carried) {
		return !current.isRemote() && isSame(current, carried);
	}

	private static boolean isSame(SpanContext current, SpanContext carried) {
		return current.isValid() && carried.getSpanId().equals(current.getSpanId());
	}

	/**
	 * Whether the trace of a carried context goes on, because nothing else says whose
	 * child the send is: not the span of a batch, which is of many traces.
	 */
	private static boolean goesOn(@Nullable BatchContext batch, SpanContext current, SpanContext carried) {
		return !current.isValid() || isSame(current, carried) || (batch != null && batch.goesOnWith(carried));
	}

	private Context goOn(Context sender, @Nullable BatchContext batch, SpanContext carried, Header[] headers) {
		Context ofRecord = (batch != null) ? batch.contextOf(carried) : null;
		return (ofRecord != null) ? ofRecord : this.tracing.extract(sender, headers, HeaderArrayGetter.INSTANCE);
	}

	private @Nullable SpanContext carriedContext(Header[] headers) {
		for (Header header : headers) {
			if (TracedProducerRecord.isField(header, this.tracing.propagationFields())) {
				SpanContext carried = Span
					.fromContext(this.tracing.extract(Context.root(), headers, HeaderArrayGetter.INSTANCE))
					.getSpanContext();
				return carried.isValid() ? carried : null;
			}
		}
		return null;
	}

	private RunningSpan start(MessagingOperation operation, ProducerRecord<K, V> record, Context sender,
			@Nullable SpanContext linked) {
		SpanBuilder builder = this.tracing.sendSpan(operation, sender, linked);
		if (record.partition() != null) {
			builder.setAttribute(MessagingAttributes.PARTITION_ID, RecordAttributes.partition(record.partition()));
		}
		this.kafka.recordAttributes().set(builder, record.key(), record.value() == null);
		this.kafka.recordAttributes().setHeaders(builder, record.headers());
		RunningSpan span = this.tracing.start(operation, builder, sender);
		this.transactions.join(span);
		return span;
	}

	/**
	 * Called by the producer, mostly on its I/O thread. The user's callback runs in the
	 * sender's context: what it does belongs to the trace, but not inside the send.
	 */
	private void completed(TracedProducerRecord<K, V> traced, @Nullable RecordMetadata metadata,
			@Nullable Exception exception, @Nullable Callback callback) {
		outcome(traced, metadata, exception);
		if (callback == null) {
			return;
		}
		GuardedScope scope = GuardedScope.open(traced.senderContext(), this.tracing.faults());
		try {
			callback.onCompletion(metadata, exception);
		}
		finally {
			scope.close();
		}
	}

	@SuppressWarnings("unchecked")
	private void outcome(TracedProducerRecord<K, V> traced, @Nullable RecordMetadata metadata,
			@Nullable Exception exception) {
		ProducerRecord<Object, Object> record = (ProducerRecord<Object, Object>) traced;
		try {
			if (exception == null) {
				this.kafka.producerListener().onSuccess(record, metadata);
			}
			else {
				this.kafka.producerListener().onError(record, metadata, exception);
			}
		}
		catch (Throwable ex) {
			this.tracing.faults().report("recording the outcome of a send", ex);
		}
		finally {
			// A listener of the user's own may not have ended the span.
			traced.span().end(exception);
		}
	}

}
