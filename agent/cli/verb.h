/* SPDX-License-Identifier: Apache-2.0 */
/* verb - what every verb of the command gets, and what it returns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "base/error.h"

/* Exit statuses; scripts rely on them. */
enum exit_status {
	EXIT_FINE = 0,
	EXIT_PROBLEM = 1,     /* it ran, and found or met a problem */
	EXIT_USAGE = 2,	      /* the command line is wrong */
	EXIT_NOT_RUNNING = 3, /* no agent, or the datapath is not loaded */
};

struct options {
	const char *run_dir, *bpf_dir;
	bool json;	  /* -o json */
	bool follow;	  /* drops */
	const char *name; /* services: the argument; NULL = all */
	/* connections; NULL = any */
	const char *pod, *service, *state, *protocol, *sort;
	bool count;
	size_t limit;	 /* 0 = none */
	bool yes, force; /* uninstall */
	const char *cni_conf_dir;
};

typedef enum exit_status verb_fn(const struct options *options);

verb_fn verb_status;
verb_fn verb_endpoints;
verb_fn verb_services;
verb_fn verb_connections;
verb_fn verb_drops;
verb_fn verb_metrics;
verb_fn verb_doctor;
verb_fn verb_uninstall;
verb_fn verb_version;

/* The terminal's width: COLUMNS, else what the terminal says; 0 when stdout is none. */
size_t terminal_width(void);

/* verb_fail - one line on stderr ("byway: …"), or with -o json {"error": …} on stdout. */
enum exit_status verb_fail(const struct options *options, const struct error *err);

/* json_print - the document and a line feed on stdout. */
void json_print(const cJSON *json);

/*
 * Of a document that an agent of another release may have made: "" and 0 where something is
 * missing.
 */
const char *text_at(const cJSON *object, const char *key);
double number_at(const cJSON *object, const char *key);
const cJSON *child_at(const cJSON *object, const char *key);
