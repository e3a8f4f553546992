// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.bridge;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.tracing.telemetry.wire.MalformedRecordException;

/**
 * Messages of OTLP as text, in the text format of protobuf with one extension: ids are
 * written as {@code #0af7651916cd43dd}.
 */
final class OtlpText {

	/** When the stream stored what is read. */
	static final Instant STORED = Instant.parse("2026-04-05T12:00:09.000000007Z");

	private static final Pattern ID = Pattern.compile("#([0-9a-f]+)");

	private OtlpText() {
	}

	@SuppressWarnings("unchecked")
	static <M extends Message> M parse(M type, String text) throws TextFormat.ParseException {
		Message.Builder message = type.newBuilderForType();
		String withIds = ID.matcher(text).replaceAll((id) -> '"' + id.group(1).replaceAll("..", "\\\\\\\\x$0") + '"');
		TextFormat.merge(withIds, message);
		return (M) message.build();
	}

	/**
	 * What becomes of records: encoded as it is sent, and decoded by the official
	 * classes.
	 */
	@SuppressWarnings("unchecked")
	static <R, M extends Message> M translate(RecordTranslator<R> translator, M type, String subject, String... records)
			throws Exception {
		List<R> read = new ArrayList<>();
		for (String record : records) {
			read.add(read(translator, subject, record));
		}
		return (M) type.getParserForType()
			.parseFrom(translator.translate(read).toByteArray(), ExtensionRegistryLite.getEmptyRegistry());
	}

	static <R> R read(RecordTranslator<R> translator, String subject, String record) throws MalformedRecordException {
		return translator.read(record.getBytes(StandardCharsets.UTF_8), subject, STORED);
	}

}
