// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.benchmarks.bridge;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

import com.sun.management.GarbageCollectionNotificationInfo;

/**
 * How much of the heap is used at most, which is right before a collection.
 */
final class HeapWatch {

	private static final Set<String> POOLS = ManagementFactory.getMemoryPoolMXBeans()
		.stream()
		.filter((pool) -> pool.getType() == MemoryType.HEAP)
		.map(MemoryPoolMXBean::getName)
		.collect(Collectors.toSet());

	private final AtomicLong most = new AtomicLong();

	/** Watch from now on. */
	void start() {
		for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
			((NotificationEmitter) collector)
				.addNotificationListener((notification, handback) -> collected(notification), null, null);
		}
	}

	private void collected(Notification notification) {
		if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
			var info = GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData()).getGcInfo();
			this.most.accumulateAndGet(used(info.getMemoryUsageBeforeGc()), Math::max);
		}
	}

	private static long used(Map<String, MemoryUsage> usage) {
		return POOLS.stream().mapToLong((pool) -> usage.get(pool).getUsed()).sum();
	}

	/** The most that was used, garbage included. */
	long most() {
		return this.most.get();
	}

}
