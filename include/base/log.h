/* SPDX-License-Identifier: Apache-2.0 */
/* log - one event, one line on stderr; the journal or the container runtime adds the time. */
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6 };

/* For journald the severity is a prefix as in sd-daemon(3); for everybody else it is a word. */
static inline void log_prefix(enum log_level level)
{
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>", level);
	else if (level != LOG_LEVEL_INFO)
		fputs(level == LOG_LEVEL_ERROR ? "error: " : "warning: ", stderr);
}

__attribute__((format(printf, 2, 3))) static inline void log_line(enum log_level level,
								  const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	/* What came from outside (a name, a path) must not forge a second line. */
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	log_prefix(level);
	fprintf(stderr, "%s\n", line);
}

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
