// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table of messages that were decided in a transaction and are not sent yet. The
 * trace context is stored with each message: the request is long answered when it is
 * sent, and this is what keeps both in one trace.
 */
@Repository
class Outbox {

	private static final TypeReference<Map<String, String>> CONTEXT = new TypeReference<>() {
	};

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final TextMapPropagator propagator;

	Outbox(JdbcClient jdbc, JsonMapper json, OpenTelemetry openTelemetry) {
		this.jdbc = jdbc;
		this.json = json;
		this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
	}

	/**
	 * Store a message together with the current context.
	 */
	void append(String topic, String key, Object payload) {
		Map<String, String> context = new TreeMap<>();
		this.propagator.inject(Context.current(), context, (carrier, field, value) -> carrier.put(field, value));
		this.jdbc.sql("insert into outbox (topic, message_key, payload, context) values (?, ?, ?, ?::jsonb)")
			.params(topic, key, this.json.writeValueAsString(payload), this.json.writeValueAsString(context))
			.update();
	}

	/**
	 * Lock the oldest messages that no other relay holds. One event per order, so it does
	 * no harm that two relays may send out of turn.
	 */
	List<OutboxMessage> lockOldest(int limit) {
		return this.jdbc.sql(
				"select id, topic, message_key, payload, context from outbox order by id limit ? for update skip locked")
			.param(limit)
			.query(this::message)
			.list();
	}

	void delete(Collection<Long> ids) {
		this.jdbc.sql("delete from outbox where id = any(?)").param(ids.toArray(Long[]::new)).update();
	}

	private OutboxMessage message(ResultSet row, int number) throws SQLException {
		return new OutboxMessage(row.getLong("id"), row.getString("topic"), row.getString("message_key"),
				row.getString("payload"), this.json.readValue(row.getString("context"), CONTEXT));
	}

}
