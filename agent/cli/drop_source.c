/* SPDX-License-Identifier: Apache-2.0 */
/* drop_source - where the drops verb learns of drops: the agent, or the ring of records itself. */
#include "agent/cli/drop_source.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "agent/cli/client.h"
#include "agent/events/consumer.h"
#include "agent/known.h"
#include "agent/views/view.h"
#include "base/cleanup.h"

/* The agent does not call back; this is as good as at once for a person who watches. */
#define ASK_EVERY_MS 200

struct drop_source {
	const struct options *options;
	bool agent;
	/* Without an agent: */
	struct datapath_maps maps;
	struct event_consumer *consumer; /* NULL: another process reads the ring */
	struct drop_log log;
	struct known known;
};

static int record_learn(const struct record *record, void *ctx)
{
	known_put(&((struct drop_source *)ctx)->known, record);
	return 0;
}

static void pods_learn(struct drop_source *source)
{
	struct error ignored;

	record_for_each(source->options->run_dir, record_learn, NULL, source, &ignored);
}

/* A pod that came while we watch is looked up when its first packet is lost. */
static void drop_seen(const struct drop_event *event, void *ctx)
{
	struct drop_source *source = ctx;
	struct known_endpoint *pod = known_by_ifindex(&source->known, event->ifindex);

	if (!pod) {
		pods_learn(source);
		pod = known_by_ifindex(&source->known, event->ifindex);
	}
	drop_log_add(&source->log, event, pod ? pod->label : NULL);
}

static int ring_open(struct drop_source *source, struct error *err)
{
	const struct options *options = source->options;
	struct error why;
	int rc = datapath_maps_open(options->bpf_dir, &source->maps, err);

	if (rc)
		return rc;
	pods_learn(source);
	if (event_consumer_new(&source->maps, options->run_dir, drop_seen, source,
			       &source->consumer, &why))
		fprintf(stderr, "byway: recent drops are not shown: %s\n", why.text);
	return 0;
}

int drop_source_new(const struct options *options, struct drop_source **ret_source,
		    struct error *err)
{
	CLEANUP(drop_source_free) struct drop_source *source = calloc(1, sizeof(*source));
	cJSON *json = NULL;
	int rc;

	if (!source)
		return error_set(err, -ENOMEM, "look at the drops");
	source->options = options;
	source->maps = (struct datapath_maps)DATAPATH_MAPS_CLOSED;
	rc = client_get(options->run_dir, "/v1/status", &json, err);
	cJSON_Delete(json);
	source->agent = rc == 0;
	if (rc == -ECONNREFUSED)
		rc = ring_open(source, err);
	if (rc)
		return rc;
	*ret_source = source;
	source = NULL;
	return 0;
}

void drop_source_free(struct drop_source **source)
{
	if (!*source)
		return;
	event_consumer_free(&(*source)->consumer);
	known_done(&(*source)->known);
	datapath_maps_close(&(*source)->maps);
	free(*source);
	*source = NULL;
}

int drop_source_take(struct drop_source *source, uint64_t since, cJSON **ret_json,
		     struct error *err)
{
	struct node_view view = { .maps = &source->maps,
				  .run_dir = source->options->run_dir,
				  .drops = &source->log };
	char path[64];

	if (source->agent) {
		snprintf(path, sizeof(path), "/v1/drops?since=%llu", (unsigned long long)since);
		return client_get(source->options->run_dir, path, ret_json, err);
	}
	if (source->consumer)
		event_consumer_take(source->consumer);
	return view_drops(&view, since, ret_json, err);
}

void drop_source_wait(struct drop_source *source)
{
	struct pollfd ring = { .fd = source->consumer ? event_consumer_fd(source->consumer) : -1,
			       .events = POLLIN };

	if (source->consumer)
		poll(&ring, 1, -1);
	else
		poll(NULL, 0, ASK_EVERY_MS);
}
