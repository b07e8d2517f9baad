/* SPDX-License-Identifier: Apache-2.0 */
/* error - errors are values: a code and one sentence that names what failed. */
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERROR_TEXT_SIZE 512

/*
 * code is negative: a negated errno, or a code of the program's own below -4096 (see
 * cni-plugin/cni_error.h). text is always terminated; what does not fit is cut. Whoever returns an
 * error has filled it in; whoever gets one prints it or passes it on, never both.
 */
struct error {
	int code;
	char text[ERROR_TEXT_SIZE];
};

/* error_set - fill in err and return code. A negated errno adds its own text after a colon. */
__attribute__((format(printf, 3, 4))) static inline int error_set(struct error *err, int code,
								  const char *fmt, ...)
{
	va_list args;
	int used;

	err->code = code;
	va_start(args, fmt);
	used = vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);

	if (used >= 0 && (size_t)used < sizeof(err->text) && code < 0 && code > -4096)
		snprintf(err->text + used, sizeof(err->text) - (size_t)used, ": %s",
			 strerror(-code));
	return code;
}

/* error_say - like error_set, for errors whose sentence is complete without the errno's text. */
__attribute__((format(printf, 3, 4))) static inline int error_say(struct error *err, int code,
								  const char *fmt, ...)
{
	va_list args;

	err->code = code;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return code;
}

/*
 * error_prefix - put "where: " before the text; returns the code, so that a caller can pass it on.
 */
__attribute__((format(printf, 2, 3))) static inline int error_prefix(struct error *err,
								     const char *fmt, ...)
{
	char text[ERROR_TEXT_SIZE];
	va_list args;
	int used;

	memcpy(text, err->text, sizeof(text));
	va_start(args, fmt);
	used = vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);

	if (used >= 0 && (size_t)used < sizeof(err->text)) {
		size_t room = sizeof(err->text) - (size_t)used;

		snprintf(err->text + used, room, ": %.*s", (int)room, text);
	}
	return err->code;
}
