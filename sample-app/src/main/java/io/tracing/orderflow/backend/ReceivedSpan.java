// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.backend;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;

/**
 * A span that came over the wire, as the SDK of the service had it.
 */
final class ReceivedSpan implements SpanData {

	private final Resource resource;

	private final InstrumentationScopeInfo scope;

	private final Span span;

	private final Attributes attributes;

	private ReceivedSpan(Resource resource, InstrumentationScopeInfo scope, Span span) {
		this.resource = resource;
		this.scope = scope;
		this.span = span;
		this.attributes = ReceivedAttributes.of(span.getAttributesList());
	}

	static List<SpanData> all(ExportTraceServiceRequest request) {
		List<SpanData> spans = new ArrayList<>();
		for (ResourceSpans ofResource : request.getResourceSpansList()) {
			Resource resource = Resource.create(ReceivedAttributes.of(ofResource.getResource().getAttributesList()));
			for (ScopeSpans ofScope : ofResource.getScopeSpansList()) {
				InstrumentationScopeInfo scope = InstrumentationScopeInfo.create(ofScope.getScope().getName());
				ofScope.getSpansList().forEach((span) -> spans.add(new ReceivedSpan(resource, scope, span)));
			}
		}
		return spans;
	}

	private static SpanContext context(ByteString traceId, ByteString spanId) {
		return SpanContext.create(HexFormat.of().formatHex(traceId.toByteArray()),
				HexFormat.of().formatHex(spanId.toByteArray()), TraceFlags.getSampled(), TraceState.getDefault());
	}

	@Override
	public String getName() {
		return this.span.getName();
	}

	@Override
	public SpanKind getKind() {
		return switch (this.span.getKind()) {
			case SPAN_KIND_SERVER -> SpanKind.SERVER;
			case SPAN_KIND_CLIENT -> SpanKind.CLIENT;
			case SPAN_KIND_PRODUCER -> SpanKind.PRODUCER;
			case SPAN_KIND_CONSUMER -> SpanKind.CONSUMER;
			default -> SpanKind.INTERNAL;
		};
	}

	@Override
	public SpanContext getSpanContext() {
		return context(this.span.getTraceId(), this.span.getSpanId());
	}

	@Override
	public SpanContext getParentSpanContext() {
		return this.span.getParentSpanId().isEmpty() ? SpanContext.getInvalid()
				: context(this.span.getTraceId(), this.span.getParentSpanId());
	}

	@Override
	public StatusData getStatus() {
		return switch (this.span.getStatus().getCode()) {
			case STATUS_CODE_ERROR -> StatusData.create(StatusCode.ERROR, this.span.getStatus().getMessage());
			case STATUS_CODE_OK -> StatusData.ok();
			default -> StatusData.unset();
		};
	}

	@Override
	public long getStartEpochNanos() {
		return this.span.getStartTimeUnixNano();
	}

	@Override
	public long getEndEpochNanos() {
		return this.span.getEndTimeUnixNano();
	}

	@Override
	public boolean hasEnded() {
		return true;
	}

	@Override
	public Attributes getAttributes() {
		return this.attributes;
	}

	@Override
	public int getTotalAttributeCount() {
		return this.attributes.size() + this.span.getDroppedAttributesCount();
	}

	@Override
	public List<EventData> getEvents() {
		return this.span.getEventsList()
			.stream()
			.map((event) -> EventData.create(event.getTimeUnixNano(), event.getName(),
					ReceivedAttributes.of(event.getAttributesList())))
			.toList();
	}

	@Override
	public int getTotalRecordedEvents() {
		return this.span.getEventsCount() + this.span.getDroppedEventsCount();
	}

	@Override
	public List<LinkData> getLinks() {
		return this.span.getLinksList()
			.stream()
			.map((link) -> LinkData.create(context(link.getTraceId(), link.getSpanId()),
					ReceivedAttributes.of(link.getAttributesList())))
			.toList();
	}

	@Override
	public int getTotalRecordedLinks() {
		return this.span.getLinksCount() + this.span.getDroppedLinksCount();
	}

	@Override
	public InstrumentationScopeInfo getInstrumentationScopeInfo() {
		return this.scope;
	}

	@Override
	@Deprecated
	public io.opentelemetry.sdk.common.InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
		return io.opentelemetry.sdk.common.InstrumentationLibraryInfo.create(this.scope.getName(), null);
	}

	@Override
	public Resource getResource() {
		return this.resource;
	}

}
