/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_scalar - what a plain scalar means: null, a boolean, a number or a string. */
#include "agent/source/yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(text, *words))
			return true;
	return false;
}

static const char *digits_pass(const char *text)
{
	return text + strspn(text, "0123456789");
}

/* JSON's numbers, and besides a plus and a point at either end. */
static bool is_number(const char *text)
{
	const char *whole = text + (*text == '-' || *text == '+');
	const char *at = digits_pass(whole);
	size_t digits = (size_t)(at - whole);

	if (digits > 1 && *whole == '0')
		return false;
	if (*at == '.') {
		const char *fraction = at + 1;

		at = digits_pass(fraction);
		digits += (size_t)(at - fraction);
	}
	if (digits == 0)
		return false;
	if (*at == 'e' || *at == 'E') {
		const char *exponent = at + 1 + (at[1] == '-' || at[1] == '+');

		at = digits_pass(exponent);
		if (at == exponent)
			return false;
	}
	return *at == '\0';
}

cJSON *yaml_scalar(const char *text)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const trues[] = { "true", "True", "TRUE", "yes", "Yes", "YES",
					     "on",   "On",   "ON",   "y",   "Y",   NULL };
	static const char *const falses[] = { "false", "False", "FALSE", "no", "No", "NO",
					      "off",   "Off",	"OFF",	 "n",  "N",  NULL };

	if (is_one_of(text, nulls))
		return cJSON_CreateNull();
	if (is_one_of(text, trues))
		return cJSON_CreateTrue();
	if (is_one_of(text, falses))
		return cJSON_CreateFalse();
	if (is_number(text))
		return cJSON_CreateNumber(strtod(text, NULL));
	return cJSON_CreateString(text);
}
