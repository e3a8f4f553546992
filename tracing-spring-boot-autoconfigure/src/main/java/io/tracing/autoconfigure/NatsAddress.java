// Copyright the tracing-spring-boot authors
// SPDX-License-Identifier: Apache-2.0

package io.tracing.autoconfigure;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The address of a server as it may be printed. It can come with a password or a token.
 */
final class NatsAddress {

	// The last '@': a password can have one as well.
	private static final Pattern USER_INFO = Pattern.compile("(^|//|[\\s,\\[])[^\\s/,]*@");

	private NatsAddress() {
	}

	static String withoutUserInfo(String text) {
		return USER_INFO.matcher(text).replaceAll("$1");
	}

	static List<String> withoutUserInfo(List<String> addresses) {
		return addresses.stream().map(NatsAddress::withoutUserInfo).toList();
	}

}
