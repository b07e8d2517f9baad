/* SPDX-License-Identifier: Apache-2.0 */
/* service - one Service with all that belongs to it -> the rows that it wants in the maps. */
#pragma once

#include "agent/compile/frontends.h"
#include "agent/compile/problems.h"
#include "agent/compile/rows.h"
#include "agent/model/cluster.h"

struct compile_request {
	const struct cluster *cluster;
	const struct cluster_service *service;
	const struct frontends *frontends; /* of the service; without what is lost to others */
	const struct service_rows *had;	   /* where ids and slots are found again */
	uint32_t *id_last;		   /* the last that was given out */
	bool no_maglev;			   /* the map is full */
};

/*
 * service_compile - *ret_rows are sorted, and the caller's. Problems are added. The same request
 * with the result as had gives the result.
 */
int service_compile(const struct compile_request *request, struct service_rows *ret_rows,
		    struct problems *problems);
