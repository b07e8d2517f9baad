/* SPDX-License-Identifier: Apache-2.0 */
/* source - what every source of cluster state tells, and to whom. */
#pragma once

#include "agent/model/objects.h"

/*
 * A source calls these from the event loop, in the order in which things happened. put hands the
 * object over. settled comes after a burst of changes, and for the first time when everything that
 * there was at the start has been told: only then may what was not told be taken for gone.
 */
struct source_sink {
	void (*put)(struct object *object, void *ctx);
	void (*gone)(enum object_kind kind, const char *namespace, const char *name, void *ctx);
	void (*settled)(void *ctx);
	void *ctx;
};
