/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ip_text - addresses, prefixes and MAC addresses from any text. */
#include "fuzz_target.h"

#include <string.h>

#include "base/cleanup.h"
#include "byway/ip_text.h"

static void check_addr(const char *text)
{
	struct ip_addr addr, again;

	if (!ip_addr_parse(text, &addr))
		return;
	fuzz_check(ip_addr_parse(ip_addr_text(&addr).text, &again) && ip_addr_equal(&addr, &again),
		   "an address that was written can be read");
}

static void check_prefix(const char *text)
{
	struct ip_prefix prefix, again;
	struct ip_addr first;

	if (!ip_prefix_parse(text, &prefix))
		return;
	fuzz_check(prefix.length <= 128, "a prefix has at most 128 bits");
	first = ip_prefix_first(&prefix);
	fuzz_check(ip_prefix_contains(&prefix, &prefix.addr), "a prefix has its address in it");
	/* The zero-length IPv4 prefix of the one address type still has its 96 marking bits. */
	fuzz_check(ip_addr_is_v4(&first) == ip_addr_is_v4(&prefix.addr), "the family stays");
	fuzz_check(ip_prefix_parse(ip_prefix_text(&prefix).text, &again) &&
			   ip_addr_equal(&prefix.addr, &again.addr) &&
			   prefix.length == again.length,
		   "a prefix that was written can be read");
}

static void check_mac(const char *text)
{
	uint8_t mac[6], again[6];

	if (!mac_parse(text, mac))
		return;
	fuzz_check(mac_parse(mac_text(mac).text, again) && !memcmp(mac, again, sizeof(mac)),
		   "a MAC address that was written can be read");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(str_free) char *text = malloc(size + 1);

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	check_addr(text);
	check_prefix(text);
	check_mac(text);
	return 0;
}
