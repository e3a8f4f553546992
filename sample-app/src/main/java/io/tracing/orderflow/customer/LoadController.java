// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.orderflow.customer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.tracing.orderflow.terminal.TraceCollector;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * {@code POST /load?rate=30&seconds=10} loads the gateway that it is a part of, and
 * answers with a line of progress every second.
 */
@RestController
public final class LoadController {

	private static final int HIGHEST_RATE = 500;

	private static final int LONGEST = 300;

	private final TraceCollector traces;

	private final LoadObserver observer;

	private final AtomicBoolean running = new AtomicBoolean();

	private volatile boolean stopped;

	public LoadController(TraceCollector traces, LoadObserver observer) {
		this.traces = traces;
		this.observer = observer;
	}

	@PostMapping("/load")
	void load(@RequestParam(defaultValue = "50") int rate, @RequestParam(defaultValue = "20") int seconds,
			HttpServletRequest request, HttpServletResponse response) throws IOException {
		require("rate", rate, HIGHEST_RATE);
		require("seconds", seconds, LONGEST);
		if (!this.running.compareAndSet(false, true)) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "a load is running: wait for its end");
		}
		try {
			response.setContentType("text/plain;charset=UTF-8");
			URI gateway = URI.create("http://localhost:" + request.getLocalPort());
			Load load = new Load(new OrderClient(gateway), this.traces, () -> this.stopped);
			run(load, rate, Duration.ofSeconds(seconds), response.getOutputStream());
		}
		finally {
			this.running.set(false);
		}
	}

	private void run(Load load, int rate, Duration time, OutputStream out) throws IOException {
		this.observer.loadBegins();
		try {
			load.run(rate, time, (line) -> {
				out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
				out.flush();
			});
			out.write(("done     " + load.summary() + "\n").getBytes(StandardCharsets.UTF_8));
		}
		finally {
			this.observer.loadEnds(load.summary(), load.slowest());
		}
	}

	private static void require(String name, int value, int highest) {
		if (value < 1 || value > highest) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					name + " must be from 1 to " + highest + ", but is " + value);
		}
	}

	/**
	 * The gateway waits for its requests when it stops: this one must not be waited for.
	 */
	@EventListener(ContextClosedEvent.class)
	void stop() {
		this.stopped = true;
	}

}
