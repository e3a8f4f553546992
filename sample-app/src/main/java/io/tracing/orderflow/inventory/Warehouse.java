// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.inventory;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Reserves stock for orders: all of an order or nothing, and once however often it is
 * asked. The answer is stored with the stock that it took, in one transaction.
 */
@Service
class Warehouse {

	private final StockRepository stock;

	private final ReservationRepository reservations;

	private final TransactionOperations transactions;

	Warehouse(StockRepository stock, ReservationRepository reservations, TransactionOperations transactions) {
		this.stock = stock;
		this.reservations = reservations;
		this.transactions = transactions;
	}

	ReservationOutcome reserve(UUID orderId, Map<String, Integer> quantities) {
		return this.transactions.execute((status) -> {
			if (!this.reservations.claim(orderId)) {
				return this.reservations.outcome(orderId);
			}
			ReservationOutcome outcome = decide(quantities, this.stock.lock(quantities.keySet()));
			if (outcome.rejection() != null) {
				this.reservations.reject(orderId, outcome.rejection(), String.valueOf(outcome.detail()));
			}
			else {
				this.stock.move(quantities);
				this.reservations.addItems(orderId, quantities);
			}
			return outcome;
		});
	}

	/**
	 * Give back what an order has reserved. There may be nothing to give back.
	 */
	void release(UUID orderId) {
		this.transactions.executeWithoutResult((status) -> {
			Map<String, Integer> released = this.reservations.removeItems(orderId);
			if (!released.isEmpty()) {
				Map<String, Integer> back = new TreeMap<>(released);
				back.replaceAll((itemId, quantity) -> -quantity);
				this.stock.move(back);
			}
			this.reservations.remove(orderId);
		});
	}

	private static ReservationOutcome decide(Map<String, Integer> wanted, List<StockLevel> levels) {
		Map<String, Integer> available = levels.stream()
			.collect(Collectors.toMap(StockLevel::itemId, StockLevel::available));
		for (String itemId : wanted.keySet()) {
			if (!available.containsKey(itemId)) {
				return new ReservationOutcome(Rejection.UNKNOWN_ITEM, "There is no item " + itemId + ".");
			}
		}
		for (Map.Entry<String, Integer> entry : wanted.entrySet()) {
			int left = available.getOrDefault(entry.getKey(), 0);
			if (left < entry.getValue()) {
				return new ReservationOutcome(Rejection.INSUFFICIENT_STOCK, "Of item " + entry.getKey() + " are "
						+ entry.getValue() + " wanted and " + left + " available.");
			}
		}
		return ReservationOutcome.RESERVED;
	}

}
