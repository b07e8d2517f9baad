/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_record - a record from a file that anybody may have written. */
#include "fuzz_target.h"

#include <string.h>

#include "base/cleanup.h"
#include "datapath/record.h"

static void check_round_trip(const struct record *record)
{
	CLEANUP(str_free) char *once = record_format(record);
	CLEANUP(str_free) char *twice = NULL;
	struct record again;
	struct error err;

	fuzz_check(once != NULL, "a record can be written");
	fuzz_check(!record_parse(once, strlen(once), "again", &again, &err),
		   "what was written can be read");
	twice = record_format(&again);
	fuzz_check(twice && !strcmp(once, twice), "what was read is what was written");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(str_free) char *text = malloc(size + 1);
	struct record record;
	struct error err;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (record_parse(text, size, "input", &record, &err)) {
		fuzz_check(err.code < 0 && err.text[0], "an error has a code and says something");
		return 0;
	}
	fuzz_check(container_id_is_valid(record.container_id), "the container's id can be a path");
	fuzz_check(ifname_is_valid(record.ifname), "the interface's name can be a path");
	fuzz_check(record.address_count <= ADDRESSES_MAX, "the addresses fit");
	fuzz_check(record.mapping_count <= PORT_MAPPINGS_MAX, "the port mappings fit");
	check_round_trip(&record);
	return 0;
}
