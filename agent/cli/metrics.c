/* SPDX-License-Identifier: Apache-2.0 */
/* metrics - byway metrics: every counter, in Prometheus' text format. */
#include <errno.h>
#include <stdio.h>

#include "agent/cli/ask.h"
#include "agent/cli/verb.h"
#include "base/json.h"

enum exit_status verb_metrics(const struct options *options)
{
	CLEANUP(json_free) cJSON *json = NULL;
	CLEANUP(str_free) char *text = NULL;
	struct error err;

	if (ask(options, "/v1/metrics", view_metrics, &json, NULL, &err))
		return verb_fail(options, &err);
	if (options->json) {
		json_print(json);
		return EXIT_FINE;
	}
	text = metrics_text(json);
	if (!text) {
		error_set(&err, -ENOMEM, "print the metrics");
		return verb_fail(options, &err);
	}
	fputs(text, stdout);
	return EXIT_FINE;
}
