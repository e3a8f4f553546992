// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

/**
 * Starts OrderFlow.
 */
public final class OrderFlowApplication {

	private OrderFlowApplication() {
	}

	public static void main(String[] args) {
		System.out.println("OrderFlow");
	}

}
