// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.orders;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Orders and their lines in PostgreSQL.
 */
@Repository
class OrderRepository {

	private static final String NEW = "id, customer_id, total, status, reason, created_at";

	private static final String COLUMNS = NEW + ", carrier, tracking_number, shipment_failure";

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	OrderRepository(JdbcClient jdbc, JdbcTemplate batches) {
		this.jdbc = jdbc;
		this.batches = batches;
	}

	void insert(Order order) {
		this.jdbc.sql("insert into orders (" + NEW + ") values (?, ?, ?, ?, ?, ?)")
			.params(order.id(), order.customerId(), order.total(), order.status().value(), order.reason(),
					Timestamp.from(order.createdAt()))
			.update();
		List<Object[]> lines = new ArrayList<>();
		for (OrderItem item : order.items()) {
			lines.add(new Object[] { order.id(), lines.size() + 1, item.itemId(), item.quantity(), item.price() });
		}
		this.batches.batchUpdate(
				"insert into order_items (order_id, line, item_id, quantity, price) values (?, ?, ?, ?, ?)", lines);
	}

	Optional<Order> find(UUID id) {
		return this.jdbc.sql("select " + COLUMNS + " from orders where id = ?")
			.param(id)
			.query(OrderRepository::order)
			.optional()
			.map((order) -> order.withItems(items(id)));
	}

	/**
	 * Return a page of orders, newest first, with one statement for all their lines.
	 */
	List<Order> page(int page, int size) {
		List<Order> orders = orders(page, size);
		if (orders.isEmpty()) {
			return orders;
		}
		UUID[] ids = orders.stream().map(Order::id).toArray(UUID[]::new);
		Map<UUID, List<OrderItem>> items = this.jdbc.sql(
				"select order_id, item_id, quantity, price from order_items where order_id = any(?) order by order_id, line")
			.param(ids)
			.query((row, number) -> Map.entry(row.getObject("order_id", UUID.class), item(row, number)))
			.list()
			.stream()
			.collect(Collectors.groupingBy(Map.Entry::getKey,
					Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
		return orders.stream().map((order) -> order.withItems(items.getOrDefault(order.id(), List.of()))).toList();
	}

	/**
	 * Return the same as {@link #page} with one more statement per order. It is here to
	 * be looked at in a trace.
	 */
	List<Order> pageWithOneStatementPerOrder(int page, int size) {
		return orders(page, size).stream().map((order) -> order.withItems(items(order.id()))).toList();
	}

	/**
	 * Move an order out of {@link OrderStatus#PENDING}.
	 * @return the changed order, or nothing if there is no such pending order
	 */
	Optional<Order> complete(UUID id, OrderStatus status, @Nullable String reason) {
		return this.jdbc.sql(
				"update orders set status = ?, reason = ?, updated_at = now() where id = ? and status = 'pending' returning "
						+ COLUMNS)
			.params(status.value(), reason, id)
			.query(OrderRepository::order)
			.optional()
			.map((order) -> order.withItems(items(id)));
	}

	/**
	 * Note what became of the shipment of an order, unless a carrier takes it already.
	 * @return whether it was noted
	 */
	boolean ship(UUID id, Shipment shipment) {
		return this.jdbc.sql(
				"update orders set carrier = ?, tracking_number = ?, shipment_failure = ?, updated_at = now() where id = ? and tracking_number is null")
			.params(shipment.carrier(), shipment.trackingNumber(), shipment.failure(), id)
			.update() == 1;
	}

	private List<Order> orders(int page, int size) {
		return this.jdbc.sql("select " + COLUMNS + " from orders order by created_at desc, id limit ? offset ?")
			.params(size, (long) page * size)
			.query(OrderRepository::order)
			.list();
	}

	private List<OrderItem> items(UUID orderId) {
		return this.jdbc.sql("select item_id, quantity, price from order_items where order_id = ? order by line")
			.param(orderId)
			.query(OrderRepository::item)
			.list();
	}

	private static Order order(ResultSet row, int number) throws SQLException {
		return new Order(row.getObject("id", UUID.class), row.getString("customer_id"), List.of(), row.getLong("total"),
				OrderStatus.of(row.getString("status")), row.getString("reason"),
				row.getTimestamp("created_at").toInstant(), shipment(row));
	}

	private static @Nullable Shipment shipment(ResultSet row) throws SQLException {
		Shipment shipment = new Shipment(row.getString("carrier"), row.getString("tracking_number"),
				row.getString("shipment_failure"));
		return (shipment.carrier() != null || shipment.failure() != null) ? shipment : null;
	}

	private static OrderItem item(ResultSet row, int number) throws SQLException {
		return new OrderItem(row.getString("item_id"), row.getInt("quantity"), row.getLong("price"));
	}

}
