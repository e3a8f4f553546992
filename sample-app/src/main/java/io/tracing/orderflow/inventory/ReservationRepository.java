// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reservations in PostgreSQL.
 */
@Repository
class ReservationRepository {

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	ReservationRepository(JdbcClient jdbc, JdbcTemplate batches) {
		this.jdbc = jdbc;
		this.batches = batches;
	}

	/**
	 * Claim the right to answer an order. A concurrent claim waits here until this
	 * transaction has ended.
	 * @return false if the order was answered before
	 */
	boolean claim(UUID orderId) {
		return this.jdbc.sql("insert into reservations (order_id) values (?) on conflict do nothing")
			.param(orderId)
			.update() == 1;
	}

	ReservationOutcome outcome(UUID orderId) {
		return this.jdbc.sql("select rejection, detail from reservations where order_id = ?")
			.param(orderId)
			.query((row, number) -> {
				String rejection = row.getString("rejection");
				return (rejection != null) ? new ReservationOutcome(Rejection.of(rejection), row.getString("detail"))
						: ReservationOutcome.RESERVED;
			})
			.single();
	}

	void addItems(UUID orderId, Map<String, Integer> quantities) {
		List<Object[]> rows = quantities.entrySet()
			.stream()
			.map((entry) -> new Object[] { orderId, entry.getKey(), entry.getValue() })
			.toList();
		this.batches.batchUpdate("insert into reservation_items (order_id, item_id, quantity) values (?, ?, ?)", rows);
	}

	void reject(UUID orderId, Rejection rejection, String detail) {
		this.jdbc.sql("update reservations set rejection = ?, detail = ? where order_id = ?")
			.params(rejection.reason(), detail, orderId)
			.update();
	}

	/**
	 * Delete what an order has reserved.
	 * @return the quantity of each item, sorted by item
	 */
	Map<String, Integer> removeItems(UUID orderId) {
		Map<String, Integer> quantities = new TreeMap<>();
		this.jdbc.sql("delete from reservation_items where order_id = ? returning item_id, quantity")
			.param(orderId)
			.query((row) -> {
				quantities.put(row.getString("item_id"), row.getInt("quantity"));
			});
		return quantities;
	}

	void remove(UUID orderId) {
		this.jdbc.sql("delete from reservations where order_id = ?").param(orderId).update();
	}

}
