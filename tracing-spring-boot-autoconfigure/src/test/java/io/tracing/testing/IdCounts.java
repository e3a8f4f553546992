// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.testing;

import java.util.Arrays;

/**
 * Counts how often each of many numbers came, in a few bytes each: a run of millions of
 * records fits into the heap of a test.
 */
final class IdCounts {

	private long[] ids = new long[1024];

	private byte[] counts = new byte[1024];

	private int distinct;

	private long total;

	synchronized void add(long id) {
		this.total++;
		if (this.distinct * 2 > this.ids.length) {
			grow();
		}
		int slot = slot(id);
		if (this.counts[slot] == 0) {
			this.ids[slot] = id;
			this.distinct++;
		}
		if (this.counts[slot] < Byte.MAX_VALUE) {
			this.counts[slot]++;
		}
	}

	private int slot(long id) {
		int mask = this.ids.length - 1;
		int slot = Long.hashCode(id * 0x9E3779B97F4A7C15L) & mask;
		while (this.counts[slot] != 0 && this.ids[slot] != id) {
			slot = (slot + 1) & mask;
		}
		return slot;
	}

	private void grow() {
		long[] oldIds = this.ids;
		byte[] oldCounts = this.counts;
		this.ids = new long[oldIds.length * 2];
		this.counts = new byte[oldIds.length * 2];
		for (int old = 0; old < oldIds.length; old++) {
			if (oldCounts[old] != 0) {
				int slot = slot(oldIds[old]);
				this.ids[slot] = oldIds[old];
				this.counts[slot] = oldCounts[old];
			}
		}
	}

	synchronized long total() {
		return this.total;
	}

	synchronized int distinct() {
		return this.distinct;
	}

	synchronized boolean contains(long id) {
		return this.counts[slot(id)] != 0;
	}

	synchronized void clear() {
		Arrays.fill(this.counts, (byte) 0);
		this.distinct = 0;
		this.total = 0;
	}

}
