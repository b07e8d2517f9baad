/* SPDX-License-Identifier: Apache-2.0 */
/* manifest - the text of one file: its objects, and what is wrong with it. */
#pragma once

#include "agent/model/objects.h"
#include "base/error.h"

#define MANIFEST_OBJECTS_MAX 200000
#define MANIFEST_ERRORS_MAX 20 /* that are kept; the others are counted */

struct manifest_object {
	struct object *object;
	unsigned int line;
	bool broken; /* the object has nothing but its kind, namespace and name */
};

struct manifest_error {
	unsigned int line;
	char *reason;
};

struct manifest {
	struct manifest_object *objects;
	size_t count;
	struct manifest_error *errors;
	size_t error_count; /* with those that are not kept */
	bool unidentified;  /* something is broken so that nobody can tell which object it is */
};

void manifest_done(struct manifest *manifest);

/* manifest_error_add - one more thing that is wrong; false when there is no memory. */
bool manifest_error_add(struct manifest *manifest, unsigned int line, const char *reason);

/*
 * manifest_parse - text of len bytes and a NUL. Kinds that Byway does not read are left out. What
 * is wrong with single objects stands in the manifest; an error of the whole text is returned, with
 * its line, and there is no manifest then.
 */
int manifest_parse(const char *text, size_t len, struct manifest *ret_manifest,
		   unsigned int *ret_line, struct error *err);
