// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.nats;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link JsonField} makes of bodies, good and bad, against a real JSON parser: what
 * it takes is an object to both, and what it writes is that object with the field.
 */
class JsonFieldTests {

	private static final String FIELD = "trace_parent";

	private static final String VALUE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

	private static final int ROUNDS = 20_000;

	private final ObjectMapper jackson = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`', delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
			{}|{"trace_parent":"V"}
			{ }|{"trace_parent":"V" }
			{"a":1}|{"trace_parent":"V","a":1}
			 { "a" : 1 } |{"trace_parent":"V", "a" : 1 }|
			{"a":1,"trace_parent":"old","b":2}|{"a":1,"trace_parent":"V","b":2}
			{"trace_parent":""}|{"trace_parent":"V"}
			{"trace_parent" :  "old" }|{"trace_parent" :  "V" }
			{"trace_parent":"a\\\\b\\"c"}|{"trace_parent":"V"}
			{"a":{"trace_parent":"nested"}}|{"trace_parent":"V","a":{"trace_parent":"nested"}}
			{"a":[{"trace_parent":1},[]]}|{"trace_parent":"V","a":[{"trace_parent":1},[]]}
			{"Trace_Parent":"other"}|{"trace_parent":"V","Trace_Parent":"other"}
			{"a":"trace_parent"}|{"trace_parent":"V","a":"trace_parent"}
			{"a":-0.5e+10,"b":0,"c":1E2,"d":12.0e-1}|{"trace_parent":"V","a":-0.5e+10,"b":0,"c":1E2,"d":12.0e-1}
			{"a":true,"b":false,"c":null}|{"trace_parent":"V","a":true,"b":false,"c":null}
			{"a":"\\u00e9 é 東 \\/"}|{"trace_parent":"V","a":"\\u00e9 é 東 \\/"}
			{"a":1,"a":2}|{"trace_parent":"V","a":1,"a":2}""")
	void fieldIsThereOnceAndNothingElseIsTouched(String json, String expected) throws Exception {
		JsonField field = find(json);
		assertThat(field).isNotNull();
		byte[] written = field.with(VALUE);
		assertThat(written).asString(StandardCharsets.UTF_8)
			.isEqualToIgnoringWhitespace(expected.replace("\"V\"", '"' + VALUE + '"'));
		assertThat(this.jackson.readTree(written).get(FIELD).textValue()).isEqualTo(VALUE);
		JsonField again = JsonField.find(written, FIELD);
		assertThat(again.text()).isEqualTo(VALUE);
		assertThat(again.with(VALUE)).isEqualTo(written);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "text", "null", "true", "42", "\"text\"", "[]", "[{}]", "[{\"a\":1}]", "{", "}",
			"{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\":1}x", "{}{}", "{\"a\":1}\u0000",
			"{\"a\":\"text", "{\"a\":\"text\\", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\u12g4\"}",
			"{\"a\":\"new\nline\"}", "{\"a\":\"\u0000\"}", "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}",
			"{\"a\":+1}", "{\"a\":-}", "{\"a\":1e}", "{\"a\":NaN}", "{\"a\":truE}", "{\"a\":tru}", "{\"a\" 1}",
			"{\"a\":1 \"b\":2}", "{\"a\":[1,]}", "{\"a\":[1}", "{\"a\":{]}", "{1:2}", "\ufeff{}", "{\"a\":1}\u00a0",
			"{/* comment */}", "{\"trace_parent\":1}", "{\"trace_parent\":null}", "{\"trace_parent\":{}}",
			"{\"trace_parent\":[\"a\"]}", "{\"trace_parent\":\"a\",\"trace_parent\":\"b\"}",
			"{\"trace_parent\":\"a\",\"trace_parent\":1}", "{\"trace\\u005fparent\":\"a\"}", "{\"\\u0061\":1}" })
	void everythingElseIsLeftAlone(String json) {
		assertThat(find(json)).isNull();
	}

	@Test
	void whatIsNotUtf8IsLeftAlone() {
		for (byte[] invalid : new byte[][] { { (byte) 0xC3 }, { (byte) 0xC3, 0x28 }, { (byte) 0xFF }, { (byte) 0x80 },
				{ (byte) 0xE2, (byte) 0x82 }, { (byte) 0xC0, (byte) 0xAF },
				{ (byte) 0xED, (byte) 0xA0, (byte) 0x80 } }) {
			byte[] json = "{\"a\":\"12345\"}".getBytes(StandardCharsets.US_ASCII);
			System.arraycopy(invalid, 0, json, 7, invalid.length);
			assertThat(JsonField.find(json, FIELD)).isNull();
		}
	}

	@Test
	void utf16IsLeftAlone() {
		assertThat(JsonField.find("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE), FIELD)).isNull();
		assertThat(JsonField.find("{\"a\":1}".getBytes(StandardCharsets.UTF_16), FIELD)).isNull();
	}

	@Test
	void nestingIsFollowedSoFarAndNoFurther() {
		assertThat(find(nested(60))).isNotNull();
		assertThat(find(nested(100))).isNull();
		assertThat(find(nested(1_000_000))).isNull();
		assertThat(find("{\"a\":" + "[".repeat(1_000_000))).isNull();
	}

	@Test
	void textOfTheFieldIsReadIfItIsPlain() {
		assertThat(find("{}").text()).isNull();
		assertThat(find("{\"trace_parent\":\"\"}").text()).isEmpty();
		assertThat(find("{\"trace_parent\":\"plain\"}").text()).isEqualTo("plain");
		assertThat(find("{\"trace_parent\":\"\\u0030\"}").text()).isNull();
	}

	@Test
	void hugeBodyIsReadOnce() throws Exception {
		StringBuilder json = new StringBuilder("{");
		for (int i = 0; i < 100_000; i++) {
			json.append('"').append(i).append("\":\"").append("x".repeat(90)).append("\",");
		}
		byte[] body = json.append("\"trace_parent\":\"old\"}").toString().getBytes(StandardCharsets.UTF_8);
		JsonField field = JsonField.find(body, FIELD);
		assertThat(field.text()).isEqualTo("old");
		assertThat(field.with(VALUE)).hasSize(body.length - 3 + VALUE.length());
	}

	@Test
	void randomBytesNeverThrow() {
		Random random = new Random(42);
		byte[] likely = "{}[]:,\"\\ tfn0123456789eE+-.u\n\u0001\u00ff".getBytes(StandardCharsets.ISO_8859_1);
		for (int i = 0; i < ROUNDS; i++) {
			byte[] json = new byte[random.nextInt(40)];
			for (int j = 0; j < json.length; j++) {
				json[j] = (random.nextInt(10) > 0) ? likely[random.nextInt(likely.length)] : (byte) random.nextInt(256);
			}
			check(json);
		}
	}

	@Test
	void randomObjectsGetTheField() throws Exception {
		Random random = new Random(42);
		for (int i = 0; i < ROUNDS / 10; i++) {
			ObjectNode object = object(random, 4);
			byte[] json = random.nextBoolean() ? this.jackson.writeValueAsBytes(object)
					: this.jackson.writerWithDefaultPrettyPrinter().writeValueAsBytes(object);
			assertThat(JsonField.find(json, FIELD)).as(object::toString).isNotNull();
			check(json);
		}
	}

	@Test
	void mutationsOfObjectsNeverThrow() throws Exception {
		Random random = new Random(42);
		for (int i = 0; i < ROUNDS; i++) {
			byte[] json = this.jackson.writeValueAsBytes(object(random, 2));
			for (int changes = random.nextInt(3); changes >= 0; changes--) {
				json = mutated(json, random);
			}
			check(json);
		}
	}

	/**
	 * What is taken for an object is one, and is the same afterwards but for the field.
	 */
	private void check(byte[] json) {
		JsonField field = JsonField.find(json, FIELD);
		if (field == null) {
			return;
		}
		try {
			ObjectNode before = (ObjectNode) this.jackson.readTree(json);
			ObjectNode after = (ObjectNode) this.jackson.readTree(field.with(VALUE));
			JsonNode text = before.get(FIELD);
			assertThat(text == null || text.isTextual()).isTrue();
			assertThat(after).isEqualTo(before.deepCopy().put(FIELD, VALUE));
		}
		catch (Exception ex) {
			throw new AssertionError(new String(json, StandardCharsets.UTF_8), ex);
		}
	}

	private static byte[] mutated(byte[] json, Random random) {
		if (json.length < 2) {
			return json;
		}
		int at = random.nextInt(json.length);
		byte[] result = switch (random.nextInt(4)) {
			case 0 -> Arrays.copyOf(json, at);
			case 1 -> Arrays.copyOfRange(json, at, json.length);
			default -> json.clone();
		};
		if (result.length > 0) {
			byte[] likely = "{}[]:,\"\\ 0e-u".getBytes(StandardCharsets.US_ASCII);
			result[random.nextInt(result.length)] = random.nextBoolean() ? likely[random.nextInt(likely.length)]
					: (byte) random.nextInt(256);
		}
		return result;
	}

	private ObjectNode object(Random random, int depth) {
		ObjectNode object = this.jackson.createObjectNode();
		for (int i = random.nextInt(5); i > 0; i--) {
			object.set("name-" + random.nextInt(100), value(random, depth));
		}
		return (random.nextInt(3) == 0) ? object.put(FIELD, plain(random)) : object;
	}

	private JsonNode value(Random random, int depth) {
		return switch (random.nextInt((depth > 0) ? 8 : 6)) {
			case 0 -> this.jackson.getNodeFactory().textNode(text(random));
			case 1 -> this.jackson.getNodeFactory().numberNode(random.nextLong());
			case 2 -> this.jackson.getNodeFactory().numberNode(random.nextDouble() * Math.pow(10, random.nextInt(40)));
			case 3 -> this.jackson.getNodeFactory().booleanNode(random.nextBoolean());
			case 4 -> this.jackson.getNodeFactory().nullNode();
			case 5 -> this.jackson.getNodeFactory().textNode("");
			case 6 -> object(random, depth - 1);
			default -> array(random, depth - 1);
		};
	}

	private ArrayNode array(Random random, int depth) {
		ArrayNode array = this.jackson.createArrayNode();
		for (int i = random.nextInt(4); i > 0; i--) {
			array.add(value(random, depth));
		}
		return array;
	}

	private static String text(Random random) {
		return random.ints(random.nextInt(10), 0, 0x3000)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

	private static String plain(Random random) {
		return Integer.toHexString(random.nextInt());
	}

	private static String nested(int depth) {
		return "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
	}

	private static JsonField find(String json) {
		return JsonField.find(json.getBytes(StandardCharsets.UTF_8), FIELD);
	}

}
