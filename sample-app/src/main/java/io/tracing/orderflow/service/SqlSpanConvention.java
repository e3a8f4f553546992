// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import java.net.URI;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import net.ttddyy.observation.tracing.QueryContext;
import net.ttddyy.observation.tracing.QueryObservationConvention;
import org.jspecify.annotations.Nullable;

/**
 * Query spans with OpenTelemetry's names. A batch is one statement: the rows differ in
 * their parameters only, and parameters are never recorded.
 */
final class SqlSpanConvention implements QueryObservationConvention {

	private final String schema;

	SqlSpanConvention(String schema) {
		this.schema = schema;
	}

	@Override
	public String getName() {
		return "db.client.operation.duration";
	}

	@Override
	public @Nullable String getContextualName(QueryContext context) {
		return statement(context).summary();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(QueryContext context) {
		SqlStatement statement = statement(context);
		KeyValues keyValues = KeyValues.of(KeyValue.of("db.system.name", "postgresql"),
				KeyValue.of("db.namespace", namespace(context)),
				KeyValue.of("db.operation.name", statement.operation()),
				KeyValue.of("db.query.summary", statement.summary()));
		if (statement.collection() != null) {
			keyValues = keyValues.and("db.collection.name", statement.collection());
		}
		Throwable error = context.getError();
		return (error != null) ? keyValues.and("error.type", error.getClass().getName()) : keyValues;
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(QueryContext context) {
		KeyValues keyValues = KeyValues.of("db.query.text", sql(context));
		if (context.getHost() != null) {
			keyValues = keyValues.and(KeyValue.of("server.address", context.getHost()),
					KeyValue.of("server.port", Integer.toString(context.getPort())));
		}
		return keyValues;
	}

	private static SqlStatement statement(QueryContext context) {
		return SqlStatement.parse(sql(context));
	}

	private static String sql(QueryContext context) {
		return context.getQueries().isEmpty() ? "" : context.getQueries().get(0);
	}

	private String namespace(QueryContext context) {
		String url = context.getUrl();
		if (url == null) {
			return this.schema;
		}
		String database = URI.create(url.substring("jdbc:".length())).getPath().substring(1);
		return database + "|" + this.schema;
	}

}
