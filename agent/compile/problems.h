/* SPDX-License-Identifier: Apache-2.0 */
/* problems - what is wrong with one service, a sentence each. */
#pragma once

#include <stddef.h>

/* Enough to begin with; the others are counted. */
#define PROBLEMS_MAX 8

/* Begin with {}, end with problems_done(). */
struct problems {
	char **items;
	size_t count; /* all of them; the first PROBLEMS_MAX are kept */
};

void problems_done(struct problems *problems);
__attribute__((format(printf, 2, 3))) void problems_add(struct problems *problems, const char *fmt,
							...);
