/* SPDX-License-Identifier: Apache-2.0 */
/* problems - what is wrong with one service, a sentence each. */
#include "agent/compile/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void problems_done(struct problems *problems)
{
	for (size_t i = 0; i < problems->count && i < PROBLEMS_MAX; i++)
		free(problems->items[i]);
	free(problems->items);
	*problems = (struct problems){};
}

/* Without memory the sentence is lost, and the service is served all the same. */
void problems_add(struct problems *problems, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	if (problems->count >= PROBLEMS_MAX) {
		problems->count++;
		return;
	}
	if (!problems->items)
		problems->items = calloc(PROBLEMS_MAX, sizeof(*problems->items));
	va_start(args, fmt);
	if (problems->items && vasprintf(&text, fmt, args) >= 0)
		problems->items[problems->count++] = text;
	va_end(args);
}
