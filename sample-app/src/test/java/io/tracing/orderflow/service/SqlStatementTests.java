// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.service;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SqlStatementTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			insert into orders (id) values (?) | INSERT orders
			select id from orders where id = ? | SELECT orders
			  SELECT 1 | SELECT
			select * FROM orders.outbox for update skip locked | SELECT orders.outbox
			update stock set a = ? | UPDATE stock
			delete from outbox where id = any(?) | DELETE outbox
			insert into reservations (order_id) values (?) on conflict do nothing | INSERT reservations
			select item from stock where item = ? for update | SELECT stock
			'' | SQL
			{call x} | SQL
			""")
	void summaryNamesVerbAndTable(String sql, String summary) {
		assertThat(SqlStatement.parse(sql).summary()).isEqualTo(summary);
	}

}
