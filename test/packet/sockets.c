/* SPDX-License-Identifier: Apache-2.0 */
/* sockets - a node whose services the test writes itself, and real sockets that use them. */
#include "packet/sockets.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "byway/ip_text.h"
#include "datapath/cgroup.h"
#include "datapath/load.h"
#include "datapath/socket_attach.h"
#include "packet/world.h"
#include "support/cases.h"

#define WAIT_S 5
#define NOBODY_MS 50 /* what goes astray on the loopback interface has arrived by then */

struct sockets world;
static struct byway_path cgroup_root;

static void loopback_up(void)
{
	CLEANUP(fd_close) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };

	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
}

static int netns_make(void)
{
	int netns;

	assert_int_equal(unshare(CLONE_NEWNET), 0);
	loopback_up();
	netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	assert_true(netns >= 0);
	return netns;
}

static void cgroup_enter(const char *cgroup)
{
	struct byway_path path = path_below(cgroup, "cgroup.procs");
	CLEANUP(fd_close) int fd = open(path.text, O_WRONLY | O_CLOEXEC);

	assert_int_equal(write(fd, "0", 1), 1);
}

static const char *cgroup_make(void)
{
	struct error err;
	bool whole;

	if (cgroup_find(&cgroup_root, &whole, &err))
		return "no cgroup2 is mounted";
	snprintf(world.cgroup, sizeof(world.cgroup), "%.200s/byway-test-%d", cgroup_root.text,
		 getpid());
	if (mkdir(world.cgroup, 0755) < 0)
		return "no cgroup can be made";
	cgroup_enter(world.cgroup);
	return NULL;
}

static int listener(int kind, uint16_t port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = socket(AF_INET6, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	if (kind == SOCK_STREAM)
		assert_int_equal(listen(fd, 64), 0);
	return fd;
}

const char *sockets_begin(void)
{
	const char *missing = world_enter();

	if (missing || (missing = cgroup_make()))
		return missing;
	world.pod_netns = netns_make();
	world.node_netns = netns_make();
	for (int i = 0; i < BACKEND_COUNT; i++) {
		world.tcp[i] = listener(SOCK_STREAM, BACKEND_PORT(i));
		world.udp[i] = listener(SOCK_DGRAM, BACKEND_PORT(i));
	}
	world.maps = (struct service_maps)SERVICE_MAPS_CLOSED;
	return NULL;
}

void sockets_end(void)
{
	if (!*world.cgroup)
		return;
	cgroup_enter(cgroup_root.text);
	socket_detach(SOCKETS_BPF_DIR);
	rmdir(world.cgroup);
}

static void load(bool host_sockets_only)
{
	const struct load_settings settings = {
		.bpf_dir = SOCKETS_BPF_DIR,
		.host_sockets_only = host_sockets_only,
	};
	struct error err;

	service_maps_close(&world.maps);
	epoch_close(&world.epoch);
	if (datapath_load(&settings, NULL, &err) ||
	    socket_attach(SOCKETS_BPF_DIR, world.cgroup, &err) ||
	    service_maps_open(SOCKETS_BPF_DIR, &world.maps, &err) ||
	    epoch_open(SOCKETS_BPF_DIR, &world.epoch, &err))
		fail_msg("%s", err.text);
}

/* Which of them has something, or -1. What was sent may still be on its way in the kernel. */
static int ready(const int fds[BACKEND_COUNT], int wait_ms)
{
	struct pollfd polls[BACKEND_COUNT];

	for (int i = 0; i < BACKEND_COUNT; i++)
		polls[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	assert_true(poll(polls, BACKEND_COUNT, wait_ms) >= 0);
	for (int i = 0; i < BACKEND_COUNT; i++)
		if (polls[i].revents)
			return i;
	return -1;
}

static int tcp_take(int wait_ms)
{
	int taker = ready(world.tcp, wait_ms);

	if (taker >= 0)
		close(accept(world.tcp[taker], NULL, NULL));
	return taker;
}

/* Answers at once: who asked is not known later. */
static int udp_take(int wait_ms)
{
	int taker = ready(world.udp, wait_ms);
	struct sockaddr_in6 from;
	socklen_t len = sizeof(from);
	char byte;

	if (taker < 0 ||
	    recvfrom(world.udp[taker], &byte, 1, 0, (struct sockaddr *)&from, &len) < 0)
		return -1;
	if (sendto(world.udp[taker], "!", 1, 0, (struct sockaddr *)&from, len) < 0)
		fail_msg("answer: %s", strerror(errno));
	return taker;
}

int tcp_taker(void)
{
	return tcp_take(WAIT_S * 1000);
}

int udp_taker(void)
{
	return udp_take(WAIT_S * 1000);
}

void assert_no_taker(void)
{
	assert_int_equal(udp_take(NOBODY_MS), -1);
	assert_int_equal(tcp_take(0), -1);
}

#define KEY_SIZE_MAX 64

static void map_empty(int map)
{
	char key[KEY_SIZE_MAX];

	while (bpf_map_get_next_key(map, NULL, key) == 0)
		bpf_map_delete_elem(map, key);
}

void sockets_renew(bool host_sockets_only)
{
	static int loaded = -1;

	if (loaded != host_sockets_only)
		load(host_sockets_only);
	loaded = host_sockets_only;
	map_empty(world.maps.services);
	map_empty(world.maps.backends);
	map_empty(world.maps.node_addresses);
	map_empty(world.maps.affinity);
	epoch_advance(&world.epoch);
	while (udp_take(0) >= 0 || tcp_take(0) >= 0)
		; /* what an earlier test has left in the queues */
}

/* Of an AF_INET socket too: its address then stands in the first bytes. */
struct sockaddr_in6 address_of(enum family family, const char *v4, const char *v6, uint16_t port)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in address4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct ip_addr addr = {};

	assert_true(ip_addr_parse(family == V6 ? v6 : v4, &addr));
	if (family != V4) {
		memcpy(&address.sin6_addr, &addr, sizeof(addr));
		return address;
	}
	address4.sin_addr.s_addr = ip_addr_v4(&addr);
	memset(&address, 0, sizeof(address));
	memcpy(&address, &address4, sizeof(address4));
	return address;
}

static socklen_t address_size(enum family family)
{
	return family == V4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

int socket_of(enum family family, int kind)
{
	const struct timeval wait = { .tv_sec = WAIT_S };
	int fd = socket(family == V4 ? AF_INET : AF_INET6, kind | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)), 0);
	return fd;
}

int pod_socket_of(enum family family, int kind)
{
	int fd;

	assert_int_equal(setns(world.pod_netns, CLONE_NEWNET), 0);
	fd = socket_of(family, kind);
	assert_int_equal(setns(world.node_netns, CLONE_NEWNET), 0);
	return fd;
}

int connect_to(int fd, enum family family, const char *v4, const char *v6, uint16_t port)
{
	struct sockaddr_in6 to = address_of(family, v4, v6, port);

	return connect(fd, (struct sockaddr *)&to, address_size(family)) < 0 ? -errno : 0;
}

int send_to(int fd, enum family family, const char *v4, const char *v6, uint16_t port)
{
	struct sockaddr_in6 to = address_of(family, v4, v6, port);

	return sendto(fd, "?", 1, 0, (struct sockaddr *)&to, address_size(family)) < 0 ? -errno : 0;
}

static void assert_address(const struct sockaddr_in6 *got, enum family family, const char *v4,
			   const char *v6, uint16_t port)
{
	struct sockaddr_in6 want = address_of(family, v4, v6, port);
	char text[INET6_ADDRSTRLEN];

	if (memcmp(got, &want, address_size(family)) == 0)
		return;
	inet_ntop(got->sin6_family,
		  family == V4 ? (const void *)&((const struct sockaddr_in *)got)->sin_addr :
				 (const void *)&got->sin6_addr,
		  text, sizeof(text));
	fail_msg("address %s, port %u; wanted %s, port %u", text, ntohs(got->sin6_port),
		 family == V6 ? v6 : v4, port);
}

void answered(int fd, enum family family, const char *v4, const char *v6, uint16_t port)
{
	struct sockaddr_in6 from = {};
	socklen_t len = sizeof(from);
	char byte;

	if (recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&from, &len) < 0)
		fail_msg("no answer: %s", strerror(errno));
	assert_address(&from, family, v4, v6, port);
}

void assert_peer(int fd, enum family family, const char *v4, const char *v6, uint16_t port)
{
	struct sockaddr_in6 peer = {};
	socklen_t len = sizeof(peer);

	assert_int_equal(getpeername(fd, (struct sockaddr *)&peer, &len), 0);
	assert_address(&peer, family, v4, v6, port);
}

/* --- services --------------------------------------------------------------------------------- */

static struct ip_addr addr(const char *text)
{
	struct ip_addr parsed = {};

	assert_true(ip_addr_parse(text, &parsed));
	return parsed;
}

/* :: is no mapped address, and 0.0.0.0 is one: what node ports have. */
static struct service_key key_of(const struct service_spec *spec, const char *text)
{
	return (struct service_key){ .addr = addr(text),
				     .port = htons(spec->port),
				     .protocol = spec->protocol };
}

void service_put(const struct service_spec *spec, const char *v4, const char *v6)
{
	struct service service = {
		.id = spec->n * 2,
		.affinity_s = spec->affinity_s,
		.inside = { .slots = spec->slots,
			    .sure = spec->sure,
			    .no_backend = spec->no_backend },
	};
	struct service_key key = key_of(spec, v4);

	assert_int_equal(bpf_map_update_elem(world.maps.services, &key, &service, BPF_ANY), 0);
	key = key_of(spec, v6);
	service.id++;
	assert_int_equal(bpf_map_update_elem(world.maps.services, &key, &service, BPF_ANY), 0);
	epoch_advance(&world.epoch);
}

void service_delete(const struct service_spec *spec, const char *v4, const char *v6)
{
	struct service_key key = key_of(spec, v4);

	assert_int_equal(bpf_map_delete_elem(world.maps.services, &key), 0);
	key = key_of(spec, v6);
	assert_int_equal(bpf_map_delete_elem(world.maps.services, &key), 0);
	epoch_advance(&world.epoch);
}

void backend_put(uint32_t n, uint16_t slot, int backend, uint16_t flags)
{
	struct backend_key key = { .service = n * 2, .slot = slot };
	struct backend value = { .addr = addr("127.0.0.1"),
				 .port = htons(BACKEND_PORT(backend)),
				 .flags = flags };

	assert_int_equal(bpf_map_update_elem(world.maps.backends, &key, &value, BPF_ANY), 0);
	key.service++;
	value.addr = addr("::1");
	assert_int_equal(bpf_map_update_elem(world.maps.backends, &key, &value, BPF_ANY), 0);
	epoch_advance(&world.epoch);
}

void backend_delete(uint32_t n, uint16_t slot)
{
	struct backend_key key = { .service = n * 2, .slot = slot };

	assert_int_equal(bpf_map_delete_elem(world.maps.backends, &key), 0);
	key.service++;
	assert_int_equal(bpf_map_delete_elem(world.maps.backends, &key), 0);
	epoch_advance(&world.epoch);
}

void node_address_put(const char *v4, const char *v6, uint32_t flags)
{
	struct ip_addr key = addr(v4);

	assert_int_equal(bpf_map_update_elem(world.maps.node_addresses, &key, &flags, BPF_ANY), 0);
	key = addr(v6);
	assert_int_equal(bpf_map_update_elem(world.maps.node_addresses, &key, &flags, BPF_ANY), 0);
}
