/* SPDX-License-Identifier: Apache-2.0 */
/* doctor - findings, and the checks that make them. */
#pragma once

#include "agent/cli/verb.h"

enum finding_level { FINDING_OK, FINDING_WARN, FINDING_FAIL, FINDING_LEVELS };

struct doctor {
	const struct options *options;
	cJSON *findings;
	unsigned int count[FINDING_LEVELS];
	bool wants_v4, wants_v6; /* pods of this node have such addresses */
	bool managed;		 /* an agent has been here: not standalone */
};

/*
 * finding_add - area is one word; advice says what to do, and is NULL for what is in order. The
 * text after it is what was found.
 */
__attribute__((format(printf, 5, 6))) void finding_add(struct doctor *doctor,
						       enum finding_level level, const char *area,
						       const char *advice, const char *fmt, ...);

typedef void check_fn(struct doctor *doctor);

check_fn check_kernel;	 /* version, BTF, JIT */
check_fn check_features; /* each tried for real */
check_fn check_mounts;	 /* bpffs, cgroup2 */
check_fn check_agent;	 /* alive? what did it publish? */
check_fn check_conflist; /* will a runtime find us? */
check_fn check_sysctls;
check_fn check_uplinks;	 /* found, with programs and addresses */
check_fn check_services; /* the source, what could not be put in place, room in maps */
check_fn check_strays;	 /* interfaces, routes, leases, attachments, pins */
