/* SPDX-License-Identifier: Apache-2.0 */
/* doctor - byway doctor: everything that can be wrong with a node, and what to do about it. */
#include "agent/cli/doctor.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"

static const char *const level_names[FINDING_LEVELS] = { "ok", "warn", "fail" };

/* check_agent learns which families those behind it must look at. */
static check_fn *const checks[] = { check_kernel,  check_features, check_mounts,
				    check_agent,   check_conflist, check_sysctls,
				    check_uplinks, check_services, check_strays };

void finding_add(struct doctor *doctor, enum finding_level level, const char *area,
		 const char *advice, const char *fmt, ...)
{
	cJSON *finding = cJSON_CreateObject();
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	/* Names of files and pods come from outside and must not steer a terminal. */
	for (char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	doctor->count[level]++;
	cJSON_AddItemToArray(doctor->findings, finding);
	cJSON_AddStringToObject(finding, "level", level_names[level]);
	cJSON_AddStringToObject(finding, "area", area);
	cJSON_AddStringToObject(finding, "text", text);
	if (advice)
		cJSON_AddStringToObject(finding, "advice", advice);
}

static void findings_print(const struct doctor *doctor)
{
	const cJSON *finding;

	cJSON_ArrayForEach(finding, doctor->findings) {
		printf("%-5s %-11s %s\n", text_at(finding, "level"), text_at(finding, "area"),
		       text_at(finding, "text"));
		if (*text_at(finding, "advice"))
			printf("      %-11s -> %s\n", "", text_at(finding, "advice"));
	}
	printf("\n%u in order, %u warnings, %u failures\n", doctor->count[FINDING_OK],
	       doctor->count[FINDING_WARN], doctor->count[FINDING_FAIL]);
}

enum exit_status verb_doctor(const struct options *options)
{
	CLEANUP(json_free) cJSON *json = cJSON_CreateObject();
	struct doctor doctor = { .options = options,
				 .wants_v4 = true,
				 .findings = cJSON_AddArrayToObject(json, "findings") };

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		checks[i](&doctor);
	cJSON_AddNumberToObject(json, "ok", doctor.count[FINDING_OK]);
	cJSON_AddNumberToObject(json, "warnings", doctor.count[FINDING_WARN]);
	cJSON_AddNumberToObject(json, "failures", doctor.count[FINDING_FAIL]);
	if (options->json)
		json_print(json);
	else
		findings_print(&doctor);
	return doctor.count[FINDING_FAIL] ? EXIT_PROBLEM : EXIT_FINE;
}
