/* SPDX-License-Identifier: Apache-2.0 */
/* removal - takes away what is Byway's, piece by piece, and nothing else; and tells of each. */
#pragma once

#include "agent/cli/verb.h"

struct removal {
	const struct options *options;
	cJSON *removed, *kept, *failed; /* lists of sentences */
};

/*
 * Each tells what it did in the lists; what is not there is not worth a word. In the order to call
 * them.
 */
void conflist_remove(struct removal *removal);
void interfaces_remove(struct removal *removal);
void uplinks_release(struct removal *removal);
void pins_remove(struct removal *removal);
void run_dir_remove(struct removal *removal);
