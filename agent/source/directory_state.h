/* SPDX-License-Identifier: Apache-2.0 */
/* directory_state - what directory.c and directory_pass.c know of a directory. */
#pragma once

#include "agent/source/claims.h"
#include "agent/source/directory.h"
#include "agent/source/directory_file.h"
#include "agent/source/directory_watch.h"

enum directory_scan {
	SCAN_NONE,
	SCAN_CHANGED, /* files that are not what was read */
	SCAN_ALL,     /* every file: changes may have been lost */
};

struct directory_source {
	char *path;
	struct source_sink sink;
	struct directory_watch watch;
	int dir_fd; /* while events are taken: an open directory would not tell that it goes */
	dev_t dev;  /* which directory is watched */
	ino_t ino;
	struct directory_file *files; /* sorted by name before they are read */
	struct claims *claims;
	enum directory_scan scan; /* before the next pass */
	uint64_t first;		  /* since then a pass is due; 0 = none is */
	uint64_t latest;	  /* this was the last change */
	size_t dirty;		  /* changes since the last pass, of files one by one */
	uint64_t check;		  /* when to look for what inotify does not tell */
	bool lost;		  /* the directory is not there */
	bool sorted;
	bool too_many; /* files */
	bool settled;  /* once at least */
	bool complete;
	struct error failure; /* of the directory itself; code 0 = none */
};

/* directory_file_touch - the file is to be read; it is made known if it is not. */
void directory_file_touch(struct directory_source *source, const char *name);

/*
 * directory_scan - which files are to be read, and whether there is any. Files that were written a
 * moment ago can be left for later. An error is the directory's.
 */
int directory_scan(struct directory_source *source, enum directory_scan scan, bool leave_fresh,
		   bool *ret_any, struct error *err);

/* directory_pass - read what is to be read, and tell what changed; not settled. */
void directory_pass(struct directory_source *source);
