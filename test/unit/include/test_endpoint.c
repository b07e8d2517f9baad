/* SPDX-License-Identifier: Apache-2.0 */
/* test_endpoint - an attachment's owner: the same on every run, another for every attachment. */
#include "byway/endpoint.h"

#include "support/cases.h"

struct owner_row {
	const char *sentence;
	const char *container_id, *ifname;
	uint64_t owner;
};

/* From an independent FNV-1a of "containerID/ifname". */
static const struct owner_row rows[] = {
	{ "the owner of c1/eth0", "c1", "eth0", 0x9e27a0abdbb07ad3 },
	{ "the owner of nothing at all", "", "", 0xaf63a24c860189fe },
	{ "bytes above 127 count as they are", "\xc3\xa9", "eth0", 0x6b39fba42a6ad4b },
};

static void owner_test(void **state)
{
	const struct owner_row *row = *state;

	assert_true(endpoint_owner(row->container_id, row->ifname) == row->owner);
}

static void attachments_have_different_owners(void **state)
{
	(void)state;
	assert_true(endpoint_owner("c1", "eth0") != endpoint_owner("c1", "eth1"));
	assert_true(endpoint_owner("c1", "eth0") != endpoint_owner("c2", "eth0"));
	assert_true(endpoint_owner("c1e", "th0") != endpoint_owner("c1", "eth0"));
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, owner_test);
	case_add(&cases, "each attachment has an owner of its own",
		 attachments_have_different_owners, NULL);
	return cases_run("endpoint", &cases, NULL, NULL);
}
