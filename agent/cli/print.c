/* SPDX-License-Identifier: Apache-2.0 */
/* print - what verbs have in common in how they read documents and speak to people. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent/cli/verb.h"
#include "base/json.h"

size_t terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long width = columns ? strtol(columns, NULL, 10) : 0;

	if (width > 0)
		return (size_t)width;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void json_print(const cJSON *json)
{
	CLEANUP(str_free) char *text = cJSON_Print(json);

	puts(text ? text : "null");
}

enum exit_status verb_fail(const struct options *options, const struct error *err)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();

	if (options->json) {
		cJSON_AddStringToObject(json, "error", err->text);
		json_print(json);
	} else {
		fprintf(stderr, "byway: %s\n", err->text);
	}
	return err->code == -ENOENT || err->code == -ECONNREFUSED ? EXIT_NOT_RUNNING : EXIT_PROBLEM;
}

const cJSON *child_at(const cJSON *object, const char *key)
{
	return json_field(object, key);
}

const char *text_at(const cJSON *object, const char *key)
{
	const char *text = cJSON_GetStringValue(json_field(object, key));

	return text ? text : "";
}

double number_at(const cJSON *object, const char *key)
{
	const cJSON *item = json_field(object, key);

	return cJSON_IsNumber(item) ? item->valuedouble : 0;
}
