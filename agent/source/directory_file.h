/* SPDX-License-Identifier: Apache-2.0 */
/* directory_file - one file of a directory source: read when it changed, with what is wrong with
 * it. */
#pragma once

#include <sys/stat.h>
#include <uthash.h>

#include "agent/source/claims.h"
#include "agent/source/manifest.h"

struct directory_file {
	UT_hash_handle hh;	  /* by name */
	struct claim_file claims; /* its name is this one's */
	struct stat seen;	  /* when it was read last; zero = never */
	bool dirty;		  /* to be read */
	bool listed;		  /* in the scan that is going on */
	bool ending;		  /* was read in the round that is going on */
	bool removed;		  /* is not there any more */
	bool failed;		  /* the whole of it: failure is the only error then */
	struct manifest_error failure;
	struct manifest_error *errors; /* of single objects */
	size_t error_count;	       /* with those that are not kept */
	bool whole;		       /* all of it has been told once */
	char name[];
};

/* directory_file_new - NULL when there is no memory. */
struct directory_file *directory_file_new(const char *name);

/* directory_file_free - its claims must have ended. */
void directory_file_free(struct directory_file *file);

/* directory_file_is_ours - *.yaml, *.yml, *.json, and not hidden. */
bool directory_file_is_ours(const char *name);

/* directory_file_changed - it is not what was read. It need not exist. */
bool directory_file_changed(const struct directory_file *file, int dir_fd);

enum file_state {
	FILE_READ,
	FILE_GONE,   /* there is no such file any more; that is no error */
	FILE_FAILED, /* the reason is kept in the file */
};

/* directory_file_read - the manifest, to be freed, is there only for FILE_READ. */
enum file_state directory_file_read(struct directory_file *file, int dir_fd,
				    struct manifest *ret_manifest);

/* directory_file_learn - it was read: what is wrong with its objects is the file's now. */
void directory_file_learn(struct directory_file *file, struct manifest *manifest);

typedef void directory_file_error_fn(const char *file, unsigned int line, const char *reason,
				     void *ctx);

/* directory_file_errors - fn (may be NULL) for each error; returns how many. */
size_t directory_file_errors(const struct directory_file *file, bool doubles,
			     directory_file_error_fn *fn, void *ctx);
