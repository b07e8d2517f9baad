/* SPDX-License-Identifier: Apache-2.0 */
/* test_attach_kind - the ways to attach, by name. */
#include "datapath/attach_kind.h"

#include <stdint.h>

#include "support/cases.h"

struct kind_row {
	const char *sentence;
	const char *name;
	enum attach_kind kind;
	bool refused;
};

static const struct kind_row rows[] = {
	{ "auto is a kind", "auto", ATTACH_AUTO },
	{ "clsact is a kind", "clsact", ATTACH_CLSACT },
	{ "tcx is a kind", "tcx", ATTACH_TCX },
	{ "nothing is no kind", "", .refused = true },
	{ "names are case-sensitive", "TCX", .refused = true },
	{ "the beginning of a name is no kind", "cls", .refused = true },
	{ "xdp is no kind", "xdp", .refused = true },
};

static void row_test(void **state)
{
	const struct kind_row *row = *state;
	enum attach_kind kind = ATTACH_AUTO;

	assert_int_equal(attach_kind_parse(row->name, &kind), !row->refused);
	assert_int_equal(kind, row->kind);
	if (!row->refused)
		assert_string_equal(attach_kind_name(kind), row->name);
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, row_test);
	return cases_run("attach_kind", &cases, NULL, NULL);
}
