/* SPDX-License-Identifier: Apache-2.0 */
/* metrics_text - metric families in Prometheus' text format. Pure. */
#include "agent/views/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"

static const char *text_of(const cJSON *object, const char *key)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

	return text ? text : "";
}

/* In a label's value a backslash, a quote and a line feed are escaped. */
static void label_write(FILE *out, const char *value)
{
	for (const char *c = value; *c; c++) {
		if (*c == '\n')
			fputs("\\n", out);
		else if (*c == '\\' || *c == '"')
			fprintf(out, "\\%c", *c);
		else
			fputc(*c, out);
	}
}

static void sample_write(FILE *out, const char *name, const cJSON *sample)
{
	double value = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(sample, "value"));
	const cJSON *labels = cJSON_GetObjectItemCaseSensitive(sample, "labels"), *label;
	const char *before = "{";

	fputs(name, out);
	cJSON_ArrayForEach(label, labels) {
		fprintf(out, "%s%s=\"", before, label->string);
		label_write(out, label->valuestring ? label->valuestring : "");
		fputc('"', out);
		before = ",";
	}
	fprintf(out, "%s %.*f\n", *before == ',' ? "}" : "", value == floor(value) ? 0 : 6, value);
}

char *metrics_text(const cJSON *metrics)
{
	const cJSON *family, *sample;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	cJSON_ArrayForEach(family, cJSON_GetObjectItemCaseSensitive(metrics, "families")) {
		const char *name = text_of(family, "name");

		fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, text_of(family, "help"), name,
			text_of(family, "type"));
		cJSON_ArrayForEach(sample, cJSON_GetObjectItemCaseSensitive(family, "samples"))
			sample_write(out, name, sample);
	}
	fclose(out);
	return text;
}
