// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.kafka

import java.util.concurrent.CompletableFuture
import java.util.concurrent.LinkedBlockingQueue
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import org.springframework.kafka.annotation.KafkaListener
import org.springframework.messaging.handler.annotation.SendTo

/**
 * Listeners in Kotlin, suspended until the test completes their futures.
 */
open class SuspendingListener {

	val futures = LinkedBlockingQueue<CompletableFuture<String>>()

	@KafkaListener(id = "suspending", topics = ["\${suspending}"])
	@SendTo("\${suspendingReplies}")
	open suspend fun suspending(value: String): String = next()

	@KafkaListener(id = "suspendingBatches", topics = ["\${suspendingBatches}"], batch = "true")
	@SendTo("\${suspendingReplies}")
	open suspend fun suspendingBatches(values: List<String>): String = next()

	private suspend fun next(): String = suspendCancellableCoroutine { continuation ->
		val future = CompletableFuture<String>()
		future.whenComplete { result, error ->
			if (error == null) continuation.resume(result) else continuation.resumeWithException(error)
		}
		futures.add(future)
	}

}
