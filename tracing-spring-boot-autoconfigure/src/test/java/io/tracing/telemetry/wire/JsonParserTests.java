// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.telemetry.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The parser, against a parser that the world uses: what one takes the other takes, with
 * the same values.
 */
class JsonParserTests {

	private static final int ROUNDS = 50_000;

	private final ObjectMapper jackson = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	@Test
	void everyTypeIsRead() throws MalformedRecordException {
		Map<String, @Nullable Object> expected = new LinkedHashMap<>();
		expected.put("s", "text");
		expected.put("i", 42L);
		expected.put("d", 1.5);
		expected.put("t", true);
		expected.put("f", false);
		expected.put("n", null);
		expected.put("l", Arrays.asList(1L, 2.0, "3", null));
		expected.put("o", Map.of("a", Map.of()));
		assertThat(parse("""
				{"s":"text" , "i":42,"d":1.5,"t":true,"f":false,"n":null,
				"l":[1, 2.0,"3",null],"o":{"a":{ }}}\t""")).isEqualTo(expected);
	}

	@Test
	void wayOfWritingTellsIntegersFromDoubles() throws MalformedRecordException {
		assertThat(parse("{\"v\":[2,2.0,2e0,2E+1,-2,-0,-0.0,0]}").get("v"))
			.isEqualTo(List.of(2L, 2.0, 2.0, 20.0, -2L, 0L, -0.0, 0L));
	}

	@Test
	void largeIntegersAreKept() throws MalformedRecordException {
		assertThat(parse("{\"v\":[9007199254740993,9223372036854775807,-9223372036854775808,999999999999999999]}")
			.get("v")).isEqualTo(List.of((1L << 53) + 1, Long.MAX_VALUE, Long.MIN_VALUE, 999_999_999_999_999_999L));
	}

	@Test
	void integersThatAreNoLongAreDoubles() throws MalformedRecordException {
		assertThat(parse("{\"v\":[9223372036854775808,18446744073709551615]}").get("v"))
			.isEqualTo(List.of(9.223372036854775808e18, 1.8446744073709551615e19));
	}

	@Test
	void stringsAreUnescaped() throws MalformedRecordException {
		assertThat(parse("{\"v\":\"\\u003ca\\u003e \\u0026 \\\"\\\\\\/\\b\\f\\n\\r\\t \\u00e9 é \\ud83d\\ude00 😀\"}")
			.get("v")).isEqualTo("<a> & \"\\/\b\f\n\r\t é é 😀 😀");
	}

	@Test
	void loneSurrogatesAndBrokenUtf8BecomeReplacementCharacters() throws MalformedRecordException {
		assertThat(parse("{\"v\":\"a\\ud800b\\udc00\\ud800\\ud83d\\ude00\"}").get("v"))
			.isEqualTo("a\uFFFDb\uFFFD\uFFFD😀");
		byte[] json = "{\"v\":\"a?b\",\"k?\":1}".getBytes(StandardCharsets.UTF_8);
		json[7] = (byte) 0xff;
		json[13] = (byte) 0xc3;
		assertThat(new JsonParser(json).parse()).isEqualTo(Map.of("v", "a\uFFFDb", "k\uFFFD", 1L));
	}

	@Test
	void lastOfTwoFieldsCounts() throws MalformedRecordException {
		assertThat(parse("{\"a\":1,\"a\":2}")).isEqualTo(Map.of("a", 2L));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "{", "{}}", "[]", "1", "\"a\"", "null", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
			"{,}", "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":-01}", "{\"a\":-}", "{\"a\":+1}",
			"{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":1e+}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":tru}",
			"{\"a\":nul}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1 2]}", "{\"a\":\"\u0001\"}", "{\"a\":\"\\x\"}",
			"{\"a\":\"\\u12g4\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"", "{\"a\":\"\\", "{\"a\":1}x", "{\"a\":1}{}",
			"\uFEFF{}", "{\"a\":1e999}", "{\"a\":-1e999}", "{\"a\":0x10}", "{\"a\":1_000}" })
	void otherTextIsMalformed(String json) {
		assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> parse(json));
	}

	@Test
	void depthIsBounded() throws MalformedRecordException {
		assertThat(parse("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}")).isNotEmpty();
		assertThatExceptionOfType(MalformedRecordException.class)
			.isThrownBy(() -> parse("{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}"))
			.withMessage("a record must not nest deeper than 64");
		assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> parse("{\"a\":".repeat(1_000_000)));
	}

	@Test
	void sizesAreBounded() {
		assertThatExceptionOfType(MalformedRecordException.class)
			.isThrownBy(() -> new JsonParser(new byte[JsonParser.MAX_SIZE + 1]).parse())
			.withMessage("a record must not have more than 10485760 bytes, and has 10485761");
		assertThatExceptionOfType(MalformedRecordException.class)
			.isThrownBy(() -> parse("{\"a\":[0" + ",0".repeat(1_000_000) + "]}"))
			.withMessage("a record must not have more than 1000000 values");
		assertThatExceptionOfType(MalformedRecordException.class)
			.isThrownBy(() -> parse("{\"a\":" + "1".repeat(2_000) + "}"))
			.withMessage("a number must not have more than 1100 digits");
	}

	@Test
	void manyNamesDoNotPushEachOtherOut() throws MalformedRecordException {
		for (int i = 0; i < 100_000; i++) {
			assertThat(parse("{\"name" + i + "\":1}")).isEqualTo(Map.of("name" + i, 1L));
		}
	}

	@Test
	void mutatedTextIsTakenIfJacksonTakesItAndMeansTheSame() {
		Random random = new Random(42);
		byte[] seed = """
				{"a":1,"b":[1.5e3,-2,true,null],"c":{"d":"x\\u00e9\\n","e":[]},"f":"\\"","g":-0.25}"""
			.getBytes(StandardCharsets.UTF_8);
		byte[] alphabet = "{}[]\":,\\u0019eE.+-tfn \n".getBytes(StandardCharsets.UTF_8);
		int taken = 0;
		for (int round = 0; round < ROUNDS; round++) {
			byte[] json = seed.clone();
			for (int change = random.nextInt(3); change >= 0; change--) {
				json[random.nextInt(json.length)] = alphabet[random.nextInt(alphabet.length)];
			}
			Object expected = expected(json);
			Object actual = actual(json);
			if (String.valueOf(expected).contains("Infinity")) {
				// A number of JSON that no double can stand for.
				expected = null;
			}
			assertThat(actual).as(new String(json, StandardCharsets.UTF_8)).isEqualTo(expected);
			taken += (actual != null) ? 1 : 0;
		}
		assertThat(taken).isGreaterThan(ROUNDS / 20);
	}

	private @Nullable Object expected(byte[] json) {
		try {
			JsonNode node = this.jackson.readTree(json);
			return node.isObject() ? value(node) : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	private static @Nullable Object value(JsonNode node) {
		return switch (node.getNodeType()) {
			case OBJECT -> {
				Map<String, @Nullable Object> object = new LinkedHashMap<>();
				node.properties().forEach((field) -> object.put(field.getKey(), value(field.getValue())));
				yield object;
			}
			case ARRAY -> {
				List<@Nullable Object> list = new ArrayList<>();
				node.forEach((element) -> list.add(value(element)));
				yield list;
			}
			case NUMBER -> number(node);
			case BOOLEAN -> node.booleanValue();
			case STRING -> node.textValue();
			default -> null;
		};
	}

	private static Object number(JsonNode node) {
		if (node.isIntegralNumber() && node.canConvertToLong()) {
			return node.longValue();
		}
		return node.doubleValue();
	}

	private static @Nullable Object actual(byte[] json) {
		try {
			return new JsonParser(json).parse();
		}
		catch (MalformedRecordException ex) {
			return null;
		}
	}

	private static Map<String, @Nullable Object> parse(String json) throws MalformedRecordException {
		return new JsonParser(json.getBytes(StandardCharsets.UTF_8)).parse();
	}

}
