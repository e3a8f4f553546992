// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow;

import java.io.PrintStream;

import io.tracing.orderflow.terminal.TerminalStyle;

/**
 * Starts OrderFlow: everything in this JVM, or with {@code --role} one part of it.
 */
public final class OrderFlowApplication {

	private static final int OK = 0;

	private static final int FAILURE = 1;

	private static final int USAGE = 2;

	private OrderFlowApplication() {
	}

	public static void main(String[] args) {
		int status = run(System.out, System.err, args);
		if (status != Demo.RUNNING) {
			System.exit(status);
		}
	}

	/**
	 * Runs a command line.
	 * @return the exit status, or {@link Demo#RUNNING} if services keep running
	 */
	static int run(PrintStream out, PrintStream err, String... args) {
		CommandLine commandLine;
		try {
			commandLine = CommandLine.parse(args);
		}
		catch (UsageException ex) {
			err.println("OrderFlow: " + ex.getMessage());
			return USAGE;
		}
		if (commandLine.help()) {
			out.print(CommandLine.HELP);
			return OK;
		}
		Console console = new Console(out, TerminalStyle.detect());
		try {
			return switch (commandLine.role()) {
				case ALL -> new Demo(console, commandLine).run();
				case INFRASTRUCTURE -> SingleRole.infrastructure(console, commandLine);
				case BRIDGE -> BridgeRole.run(console, commandLine);
				default -> SingleRole.service(console, commandLine);
			};
		}
		catch (RuntimeException ex) {
			out.flush();
			err.println();
			err.println("OrderFlow could not start: " + StartFailure.describe(ex));
			return FAILURE;
		}
	}

}
