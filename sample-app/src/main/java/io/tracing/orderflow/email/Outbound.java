// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.email;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.springframework.stereotype.Component;

/**
 * The mails that went out, as far back as it remembers: the worker may ask for the same
 * mail again, the customer wants it once.
 */
@Component
class Outbound {

	private static final int CAPACITY = 10_000;

	private final Map<Key, Email> emails = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<Key, Email> eldest) {
			return size() > CAPACITY;
		}

	};

	/**
	 * Remember a mail that is about to go out.
	 * @return false if the order had a mail of this type before
	 */
	synchronized boolean add(Email email) {
		return this.emails.putIfAbsent(new Key(email.orderId(), email.type()), email) == null;
	}

	synchronized List<Email> find(UUID orderId) {
		return this.emails.values().stream().filter((email) -> email.orderId().equals(orderId)).toList();
	}

	private record Key(UUID orderId, EmailType type) {

	}

}
