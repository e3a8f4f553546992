// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.terminal;

/**
 * The characters of the picture.
 */
enum Glyphs {

	UNICODE("├─ ", "└─ ", "│  ", '█', '▏', '░', '┄', '┊', '✕', '✓', '…'),

	/** For a terminal whose charset has nothing better. */
	ASCII("|- ", "`- ", "|  ", '#', '|', '.', '-', ':', 'x', '+', '~');

	final String branch;

	final String lastBranch;

	final String trunk;

	final char bar;

	final char thinBar;

	final char queue;

	final char backOff;

	final char breakEdge;

	final char error;

	final char ok;

	final char ellipsis;

	Glyphs(String branch, String lastBranch, String trunk, char bar, char thinBar, char queue, char backOff,
			char breakEdge, char error, char ok, char ellipsis) {
		this.branch = branch;
		this.lastBranch = lastBranch;
		this.trunk = trunk;
		this.bar = bar;
		this.thinBar = thinBar;
		this.queue = queue;
		this.backOff = backOff;
		this.breakEdge = breakEdge;
		this.error = error;
		this.ok = ok;
		this.ellipsis = ellipsis;
	}

	/**
	 * Every character that must be encodable.
	 */
	String sample() {
		return this.branch + this.lastBranch + this.trunk + this.bar + this.thinBar + this.queue + this.backOff
				+ this.breakEdge + this.error + this.ok + this.ellipsis;
	}

	String cut(String text, int width) {
		return (text.length() <= width) ? text : text.substring(0, Math.max(0, width - 1)) + this.ellipsis;
	}

}
