/* SPDX-License-Identifier: Apache-2.0 */
/* maps - the pinned maps and programs as user space sees them. */
#include "maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "paths.h"
#include "stamp.h"

static int pin_open(const char *path, int *ret_fd, struct error *err)
{
	*ret_fd = bpf_obj_get(path);
	if (*ret_fd >= 0)
		return 0;
	if (errno == ENOENT)
		return error_say(err, -ENOENT, "the datapath is not loaded ('%s' is missing)",
				 path);
	return error_set(err, -errno, "open '%s'", path);
}

int datapath_maps_open(const char *bpf_dir, struct datapath_maps *ret_maps, struct error *err)
{
	struct datapath_maps maps = DATAPATH_MAPS_CLOSED;
	int rc;

	libbpf_set_print(NULL); /* our errors say it; a question whose answer is no is not one */
	maps.bpf_dir = bpf_dir;
	if (!stamp_is_there(bpf_dir))
		return error_say(err, -ENOENT,
				 "the datapath is not loaded below '%s', or only half: nobody has "
				 "finished it",
				 bpf_dir);
	if ((rc = pin_open(map_path(bpf_dir, "endpoints").text, &maps.endpoints, err)) ||
	    (rc = pin_open(map_path(bpf_dir, "endpoint_policy").text, &maps.endpoint_policy,
			   err)) ||
	    (rc = pin_open(map_path(bpf_dir, "metrics").text, &maps.metrics, err)) ||
	    (rc = pin_open(map_path(bpf_dir, "events").text, &maps.events, err)) ||
	    (rc = pin_open(program_path(bpf_dir, "from_pod").text, &maps.from_pod, err)) ||
	    (rc = pin_open(program_path(bpf_dir, "to_pod").text, &maps.to_pod, err)) ||
	    (rc = epoch_open(bpf_dir, &maps.epoch, err))) {
		datapath_maps_close(&maps);
		return rc;
	}
	*ret_maps = maps;
	return 0;
}

void datapath_maps_close(struct datapath_maps *maps)
{
	fd_close(&maps->endpoints);
	fd_close(&maps->endpoint_policy);
	fd_close(&maps->metrics);
	fd_close(&maps->events);
	fd_close(&maps->from_pod);
	fd_close(&maps->to_pod);
	epoch_close(&maps->epoch);
}

int endpoint_lease(const struct datapath_maps *maps, const struct ip_addr *addr,
		   const struct endpoint *ep)
{
	return bpf_map_update_elem(maps->endpoints, addr, ep, BPF_NOEXIST) < 0 ? -errno : 0;
}

int endpoint_update(const struct datapath_maps *maps, const struct ip_addr *addr,
		    const struct endpoint *ep, struct error *err)
{
	if (bpf_map_update_elem(maps->endpoints, addr, ep, BPF_EXIST) < 0)
		return error_set(err, -errno, "update the endpoint's map entry");
	epoch_advance(&maps->epoch);
	return 0;
}

int endpoint_find(const struct datapath_maps *maps, const struct ip_addr *addr,
		  struct endpoint *ret_ep)
{
	return bpf_map_lookup_elem(maps->endpoints, addr, ret_ep) < 0 ? -errno : 0;
}

void endpoint_release(const struct datapath_maps *maps, const struct ip_addr *addr)
{
	bpf_map_delete_elem(maps->endpoints, addr);
	epoch_advance(&maps->epoch);
}

/*
 * map_list - keys of a hash map, as they stand while it may change: bounded by its capacity,
 * because a walk over a map that changes can start again from its beginning.
 */
static int map_list(int fd, size_t room_for_each, void **ret_rows, size_t *ret_count,
		    struct error *err)
{
	size_t max = map_capacity(fd), count = 0;
	char *rows = calloc(max ? max : 1, room_for_each);
	char *last = NULL;

	if (!rows)
		return error_set(err, -ENOMEM, "list a map");
	while (count < max) {
		char *row = rows + count * room_for_each;

		if (bpf_map_get_next_key(fd, last, row) < 0)
			break;
		last = row;
		count++;
	}
	*ret_rows = rows;
	*ret_count = count;
	return 0;
}

int endpoint_list(const struct datapath_maps *maps, struct endpoint_entry **ret_entries,
		  size_t *ret_count, struct error *err)
{
	struct endpoint_entry *entries;
	size_t count = 0, kept = 0;
	void *rows = NULL;
	int rc;

	rc = map_list(maps->endpoints, sizeof(*entries), &rows, &count, err);
	if (rc)
		return rc;
	entries = rows;
	for (size_t i = 0; i < count; i++) {
		struct endpoint_entry entry = { .addr = entries[i].addr };

		if (endpoint_find(maps, &entry.addr, &entry.ep) == 0)
			entries[kept++] = entry;
	}
	*ret_entries = entries;
	*ret_count = kept;
	return 0;
}

int endpoint_policy_set(const struct datapath_maps *maps, uint32_t ifindex,
			const struct endpoint_policy *policy, struct error *err)
{
	if (bpf_map_update_elem(maps->endpoint_policy, &ifindex, policy, BPF_ANY) < 0)
		return error_set(err, -errno,
				 "put the policy of the endpoint on interface %u in place",
				 ifindex);
	epoch_advance(&maps->epoch);
	return 0;
}

bool endpoint_policy_get(const struct datapath_maps *maps, uint32_t ifindex,
			 struct endpoint_policy *ret_policy)
{
	return bpf_map_lookup_elem(maps->endpoint_policy, &ifindex, ret_policy) == 0;
}

void endpoint_policy_delete(const struct datapath_maps *maps, uint32_t ifindex)
{
	bpf_map_delete_elem(maps->endpoint_policy, &ifindex);
	epoch_advance(&maps->epoch);
}

int endpoint_policy_list(const struct datapath_maps *maps, uint32_t **ret_ifindexes,
			 size_t *ret_count, struct error *err)
{
	void *rows = NULL;
	int rc = map_list(maps->endpoint_policy, sizeof(uint32_t), &rows, ret_count, err);

	if (rc == 0)
		*ret_ifindexes = rows;
	return rc;
}

int metrics_read(const struct datapath_maps *maps, struct metric ret_metrics[METRIC_ENTRIES],
		 struct error *err)
{
	int cpus = libbpf_num_possible_cpus();
	struct metric *each = cpus > 0 ? calloc((size_t)cpus, sizeof(*each)) : NULL;

	if (!each)
		return error_set(err, -ENOMEM, "read the metrics");
	memset(ret_metrics, 0, METRIC_ENTRIES * sizeof(*ret_metrics));
	for (uint32_t index = 0; index < METRIC_ENTRIES; index++) {
		if (bpf_map_lookup_elem(maps->metrics, &index, each) < 0)
			continue; /* a map of an older release has fewer slots */
		for (int cpu = 0; cpu < cpus; cpu++) {
			ret_metrics[index].packets += each[cpu].packets;
			ret_metrics[index].bytes += each[cpu].bytes;
		}
	}
	free(each);
	return 0;
}

uint32_t map_capacity(int map_fd)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(map_fd, &info, &len) < 0 ? 0 : info.max_entries;
}
