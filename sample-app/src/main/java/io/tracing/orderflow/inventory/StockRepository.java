// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Stock in PostgreSQL.
 */
@Repository
class StockRepository {

	private static final String SELECT = "select item_id, available, reserved from stock";

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	StockRepository(JdbcClient jdbc, JdbcTemplate batches) {
		this.jdbc = jdbc;
		this.batches = batches;
	}

	List<StockLevel> findAll() {
		return this.jdbc.sql(SELECT + " order by item_id").query(StockRepository::level).list();
	}

	Optional<StockLevel> find(String itemId) {
		return this.jdbc.sql(SELECT + " where item_id = ?").param(itemId).query(StockRepository::level).optional();
	}

	List<StockLevel> lock(Collection<String> itemIds) {
		return this.jdbc.sql(SELECT + " where item_id = any(?) order by item_id for update")
			.param(itemIds.toArray(String[]::new))
			.query(StockRepository::level)
			.list();
	}

	/**
	 * Move stock from available to reserved, or back if the quantities are negative.
	 */
	void move(Map<String, Integer> quantities) {
		List<Object[]> rows = quantities.entrySet()
			.stream()
			.map((entry) -> new Object[] { entry.getValue(), entry.getValue(), entry.getKey() })
			.toList();
		this.batches
			.batchUpdate("update stock set available = available - ?, reserved = reserved + ? where item_id = ?", rows);
	}

	private static StockLevel level(ResultSet row, int number) throws SQLException {
		return new StockLevel(row.getString("item_id"), row.getInt("available"), row.getInt("reserved"));
	}

}
