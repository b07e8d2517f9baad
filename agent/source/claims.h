/* SPDX-License-Identifier: Apache-2.0 */
/* claims - which file gives which object, and what of it was told last. */
#pragma once

#include "agent/model/objects.h"

/*
 * A file claims the objects that it holds. Of several claims to one object the first by name of
 * file wins, and the others wait. Nothing of an object is kept but its name and a hash.
 */
struct claims;
struct claim;

/* Embedded in what stands for a file. Zeroed at first, but for its name. */
struct claim_file {
	const char *name;
	struct claim *claims;
	unsigned int round;
};

struct claims *claims_new(void);
void claims_free(struct claims **claims);

/* The number of objects, and of those that more than one file claims. */
size_t claims_count(const struct claims *claims);
size_t claims_double_count(const struct claims *claims);

/*
 * A new version of a file: claims_begin, claims_put or claims_keep for each of its objects, and
 * claims_end. Without any between them all that the file had goes.
 */
void claims_begin(struct claim_file *file);

enum claim_result {
	CLAIM_TELL,  /* it is new, or its content is: to be told */
	CLAIM_SAME,  /* it was told before */
	CLAIM_WAITS, /* another file gives it */
	CLAIM_TWICE, /* this file holds it already, further up */
	CLAIM_NO_MEMORY,
};

enum claim_result claims_put(struct claims *claims, struct claim_file *file,
			     const struct object *object, unsigned int line);

/* claims_keep - what the file had of this object stays; false: it had none. */
bool claims_keep(struct claims *claims, struct claim_file *file, const struct object *object);

/* claims_keep_all - what the file had and was not put again stays too. */
void claims_keep_all(struct claim_file *file);

struct claims_end_fn {
	/* No file has it any more. */
	void (*gone)(enum object_kind kind, const char *namespace, const char *name, void *ctx);
	/* Another file's version is now the one to be told, and differs: read it again. */
	void (*heir)(struct claim_file *file, void *ctx);
	void *ctx;
};

void claims_end(struct claims *claims, struct claim_file *file, const struct claims_end_fn *fn);

/* claims_waiting - fn for what the file holds and another one gives. */
typedef void claim_waiting_fn(enum object_kind kind, const char *namespace, const char *name,
			      unsigned int line, const struct claim_file *winner, void *ctx);
void claims_waiting(const struct claim_file *file, claim_waiting_fn *fn, void *ctx);
