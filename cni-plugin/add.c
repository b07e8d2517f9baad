/* SPDX-License-Identifier: Apache-2.0 */
/* add - ADD: address -> veth -> programs -> record -> policy -> result, each step with its undo. */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/random.h>

#include "agent_client.h"
#include "attachment.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "cni_error.h"
#include "datapath/attach.h"
#include "delegate.h"
#include "interface.h"
#include "lease.h"
#include "netns.h"
#include "result.h"
#include "standalone.h"
#include "verbs.h"

#define MTU_DEFAULT 1500
#define MTU_IPV6_MIN 1280

/* How far ADD came; what has been done is undone in add_undo(). */
struct add {
	struct attachment at;
	struct node_settings node;
	struct record record;
	enum attach_kind attach;
	int netns;
	bool delegated; /* the delegate's ADD succeeded, or may have */
	bool interface_made;
	cJSON *ipam_result;
};

static void add_done(struct add *add)
{
	fd_close(&add->netns);
	attachment_close(&add->at);
	json_free(&add->ipam_result);
}

static int netns_of_pod(struct add *add, struct error *err)
{
	bool own;
	int rc;

	if ((rc = netns_open(add->at.env->netns, &add->netns, err)))
		return rc == -ENOENT ? err->code = CNI_UNKNOWN : rc;
	if ((rc = netns_is_own(add->netns, &own, err)))
		return rc;
	return own ? error_say(err, CNI_ENVIRONMENT,
			       "CNI_NETNS: '%s' is the node's own network namespace",
			       add->at.env->netns) :
		     0;
}

/* Where the ranges, the MTU and the way to attach come from: the conflist, then the agent. */
static int settings_gather(struct add *add, struct error *err)
{
	const struct netconf *conf = add->at.conf;
	int rc = conf->standalone ? 0 : node_settings_read(conf->run_dir, &add->node, err);

	if (rc == -ENOENT)
		return error_say(
			err, CNI_TRY_AGAIN,
			"byway-agent has not prepared this node yet (no node.json in '%s')",
			conf->run_dir);
	if (rc)
		return rc;
	if (conf->range_count) {
		memcpy(add->node.ranges, conf->ranges, sizeof(conf->ranges));
		add->node.range_count = conf->range_count;
	}
	if (!conf->delegate && !add->node.range_count)
		return error_say(err, CNI_TRY_AGAIN, "this node has no pod ranges yet");
	add->attach = add->node.attach;
	if (conf->attach != ATTACH_AUTO || conf->standalone)
		return attach_kind_resolve(conf->attach, &add->attach, err);
	return 0;
}

static int mac_choose(const struct netconf *conf, uint8_t mac[MAC_SIZE], struct error *err)
{
	if (conf->has_mac) {
		memcpy(mac, conf->mac, MAC_SIZE);
		return 0;
	}
	if (getrandom(mac, MAC_SIZE, 0) != MAC_SIZE)
		return error_set(err, -errno, "choose a MAC address");
	mac[0] = (uint8_t)((mac[0] & 0xfc) | 0x02); /* unicast, locally administered */
	return 0;
}

/*
 * A second ADD must not give back, when it fails, what the first one has: that is seen before
 * anything.
 */
static int absence_check(const struct add *add, struct error *err)
{
	const struct environment *env = add->at.env;
	struct record earlier;
	int rc = record_read(add->at.conf->run_dir, env->container_id, env->ifname, &earlier, err);

	if (rc && rc != -ENOENT)
		return rc;
	if (rc == 0 || if_nametoindex(add->at.host_ifname))
		return error_say(err, CNI_EXISTS,
				 "container %s has an attachment %s already: ADD twice without DEL",
				 env->container_id, env->ifname);
	return 0;
}

static int record_begin(struct add *add, struct error *err)
{
	const struct environment *env = add->at.env;
	const struct netconf *conf = add->at.conf;
	struct record *record = &add->record;

	/* environment_read() and netconf_parse() have checked that each fits. */
	snprintf(record->container_id, sizeof(record->container_id), "%s", env->container_id);
	snprintf(record->ifname, sizeof(record->ifname), "%s", env->ifname);
	snprintf(record->network, sizeof(record->network), "%s", conf->name);
	snprintf(record->netns, sizeof(record->netns), "%s", env->netns);
	snprintf(record->host_ifname, sizeof(record->host_ifname), "%s", add->at.host_ifname);
	snprintf(record->ipam, sizeof(record->ipam), "%s",
		 conf->delegate ? conf->delegate : "byway");
	snprintf(record->pod_namespace, sizeof(record->pod_namespace), "%s", env->pod_namespace);
	snprintf(record->pod_name, sizeof(record->pod_name), "%s", env->pod_name);
	snprintf(record->pod_uid, sizeof(record->pod_uid), "%s", env->pod_uid);
	memcpy(record->mappings, conf->mappings, sizeof(record->mappings));
	record->mapping_count = conf->mapping_count;
	record->mtu = conf->mtu ? conf->mtu : add->node.mtu ? add->node.mtu : MTU_DEFAULT;
	return mac_choose(conf, record->mac, err);
}

static struct endpoint endpoint_of(const struct add *add)
{
	struct endpoint ep = { .owner = add->at.owner, .ifindex = add->record.ifindex };

	memcpy(ep.pod_mac, add->record.mac, MAC_SIZE);
	return ep;
}

static int addresses_delegated(struct add *add, struct error *err)
{
	struct endpoint ep = endpoint_of(add);
	struct ip_addr addresses[ADDRESSES_MAX];
	size_t count;
	int rc;

	/* A delegate that failed half way gets its DEL too, as the spec asks. */
	add->delegated = true;
	if ((rc = delegate_run(add->at.env, add->at.conf, "ADD", &add->ipam_result, err)) ||
	    (rc = result_addresses(add->ipam_result, add->at.conf->delegate, addresses, &count,
				   err)))
		return rc;
	if (!count)
		return error_say(err, CNI_DELEGATE, "IPAM plugin %s gave no address",
				 add->at.conf->delegate);
	for (size_t i = 0; i < count; i++) {
		if ((rc = lease_insert(&add->at.maps, &addresses[i], &ep, err)))
			return rc;
		add->record.addresses[add->record.address_count++] = addresses[i];
	}
	return 0;
}

static int addresses_take(struct add *add, struct error *err)
{
	const struct netconf *conf = add->at.conf;
	const struct lease_request request = {
		.ranges = add->node.ranges,
		.range_count = add->node.range_count,
		.wanted = conf->ips,
		.wanted_count = conf->ip_count,
		.ep = endpoint_of(add),
	};

	if (conf->delegate)
		return addresses_delegated(add, err);
	return lease_take(&add->at.maps, &request, &add->record, err);
}

/* RFC 8200 5: the kernel takes IPv6 off an interface whose MTU is smaller. */
static int mtu_check(const struct record *record, struct error *err)
{
	for (size_t i = 0; i < record->address_count; i++)
		if (record->mtu < MTU_IPV6_MIN && !ip_addr_is_v4(&record->addresses[i]))
			return error_say(err, CNI_CONFIG, "mtu: %u is below 1280, which IPv6 needs",
					 record->mtu);
	return 0;
}

/* The entries learn the interface only when its programs are on it, and it is still down then. */
static int interface_make(struct add *add, struct error *err)
{
	struct record *record = &add->record;
	struct endpoint ep;
	int rc = interface_create(&add->at.host, add->netns, record, err);

	/* Other failures may come after the kernel has made it: its answer can be lost. */
	add->interface_made = rc != -EEXIST;
	if (rc == -EEXIST)
		return error_say(err, CNI_EXISTS, "interface %s exists in '%s' already, or %s here",
				 record->ifname, record->netns, record->host_ifname);
	if (rc)
		return rc;
	if ((rc = attach_pod(&add->at.maps, record->ifindex, record->host_ifname, add->attach,
			     err)))
		return rc;
	ep = endpoint_of(add);
	for (size_t i = 0; i < record->address_count; i++)
		if ((rc = endpoint_update(&add->at.maps, &record->addresses[i], &ep, err)))
			return rc;
	if ((rc = interface_host_up(&add->at.host, record, err)))
		return rc;
	return interface_pod_up(add->netns, record, err);
}

static int policy_await(struct add *add, struct error *err)
{
	const struct netconf *conf = add->at.conf;
	const struct endpoint_policy open = { .flags = ENDPOINT_READY };

	if (conf->standalone)
		return endpoint_policy_set(&add->at.maps, add->record.ifindex, &open, err);
	if (!conf->policy_wait_ms)
		return 0;
	/*
	 * An agent that is starting wants the lock for itself: it must not wait for whom waits for
	 * it.
	 */
	attachment_close(&add->at);
	return agent_confirm(conf->run_dir, add->record.container_id, add->record.ifname,
			     conf->policy_wait_ms, err);
}

struct collision {
	const struct record *own;
	struct port_mapping mapping;
	char owner[2 * POD_NAME_MAX + 8];
};

static void collision_note(struct collision *collision, const struct port_mapping *mapping,
			   const struct record *other)
{
	collision->mapping = *mapping;
	if (*other->pod_name)
		snprintf(collision->owner, sizeof(collision->owner), "pod %.253s/%.250s",
			 other->pod_namespace, other->pod_name);
	else
		snprintf(collision->owner, sizeof(collision->owner), "container %s",
			 other->container_id);
}

static int record_compare(const struct record *other, void *ctx)
{
	struct collision *collision = ctx;
	const struct record *own = collision->own;

	if (!strcmp(other->container_id, own->container_id) && !strcmp(other->ifname, own->ifname))
		return 0;
	for (size_t i = 0; i < own->mapping_count; i++)
		for (size_t j = 0; j < other->mapping_count; j++) {
			if (!port_mapping_collides(&own->mappings[i], &other->mappings[j]))
				continue;
			collision_note(collision, &own->mappings[i], other);
			return CNI_PORT_TAKEN;
		}
	return 0;
}

/*
 * Once our record is there, so that of two ADDs at the same time at least one sees the other's.
 * Most pods have no host port and look at nobody.
 */
static int host_ports_check(const struct add *add, struct error *err)
{
	struct collision collision = { .own = &add->record };
	int rc;

	if (!add->record.mapping_count)
		return 0;
	rc = record_for_each(add->at.conf->run_dir, record_compare, NULL, &collision, err);
	if (rc != CNI_PORT_TAKEN)
		return rc;
	return error_say(err, rc,
			 "runtimeConfig.portMappings: host port %u/%s of this node is %.400s's",
			 collision.mapping.host_port,
			 port_protocol_name(collision.mapping.protocol), collision.owner);
}

static int add_steps(struct add *add, struct error *err)
{
	int rc;

	if ((rc = netns_of_pod(add, err)) || (rc = absence_check(add, err)) ||
	    (rc = settings_gather(add, err)) || (rc = record_begin(add, err)) ||
	    (rc = addresses_take(add, err)) || (rc = mtu_check(&add->record, err)) ||
	    (rc = interface_make(add, err)) ||
	    (rc = record_write(add->at.conf->run_dir, &add->record, err)) ||
	    (rc = host_ports_check(add, err)))
		return rc;
	return policy_await(add, err);
}

/*
 * The failure that brought us here is what the caller wants to read; those of the undoing are not.
 */
static void add_undo(struct add *add)
{
	struct error ignored;

	/* The agent may have replaced the maps while we waited for it without the lock. */
	if (add->at.lock < 0 &&
	    attachment_open(&add->at, add->at.env, add->at.conf, NULL, &ignored))
		return; /* the runtime's DEL will find it all by its owner */
	if (add->interface_made)
		attachment_clear(&add->at, add->at.owner, &add->record, &ignored);
	else if (add->record.address_count)
		lease_release(&add->at.maps, add->at.owner, &add->record);
	if (add->interface_made)
		record_remove(add->at.conf->run_dir, add->record.container_id, add->record.ifname,
			      &ignored);
	if (add->delegated)
		delegate_run(add->at.env, add->at.conf, "DEL", NULL, &ignored);
}

int verb_add(const struct environment *env, const struct netconf *conf, cJSON **ret_result,
	     struct error *err)
{
	CLEANUP(add_done)
	struct add add = {
		.at = { .lock = -1, .maps = DATAPATH_MAPS_CLOSED },
		.netns = -1,
	};
	struct result result = { .record = &add.record, .dns = conf->dns };
	struct error maps_err;
	int rc;

	if (conf->standalone && (rc = standalone_ensure(conf, err)))
		return rc;
	if ((rc = attachment_open(&add.at, env, conf, &maps_err, err)))
		return rc;
	if (!attachment_has_maps(&add.at))
		return error_say(err, CNI_TRY_AGAIN,
				 "byway-agent has not loaded the datapath yet: %s", maps_err.text);
	if ((rc = add_steps(&add, err))) {
		add_undo(&add);
		return rc;
	}
	if (!result.dns)
		result.dns = json_field(add.ipam_result, "dns");
	*ret_result = result_format(&result, conf->prev_result, conf->spec);
	if (*ret_result)
		return 0;
	add_undo(&add);
	return error_set(err, -ENOMEM, "write down the result");
}
