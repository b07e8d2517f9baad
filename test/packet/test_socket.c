/* SPDX-License-Identifier: Apache-2.0 */
/* test_socket - what a process sees that uses services by ordinary sockets. */
#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/sock_destroy.h"
#include "base/cleanup.h"
#include "datapath/paths.h"
#include "datapath/record.h"
#include "packet/sockets.h"
#include "support/cases.h"

#define PORT 80
#define TIMES 32 /* enough that 2 backends are both met: the chance of another outcome is 2^-31 */

struct socket_row {
	const char *sentence;
	void (*test)(enum family family);
	bool host_sockets_only;
};

static const char *missing;

static const struct service_spec web_tcp = {
	.n = 1, .port = PORT, .protocol = IPPROTO_TCP, .slots = 2
};
static const struct service_spec web_udp = {
	.n = 2, .port = PORT, .protocol = IPPROTO_UDP, .slots = 2
};

static void web_put(void)
{
	service_put(&web_tcp, WEB);
	service_put(&web_udp, WEB);
	for (uint16_t slot = 0; slot < 2; slot++) {
		backend_put(web_tcp.n, slot, slot, 0);
		backend_put(web_udp.n, slot, slot, 0);
	}
}

/* As the agent would: the sure slot is one that takes new connections. */
static void sure_put(const struct service_spec *spec, const char *v4, const char *v6, int sure)
{
	struct service_spec changed = *spec;

	changed.sure = (uint16_t)sure;
	service_put(&changed, v4, v6);
}

/* --- connected -------------------------------------------------------------------------------- */

static void tcp_shows_the_service(enum family family)
{
	bool met[BACKEND_COUNT] = {};

	for (int i = 0; i < TIMES; i++) {
		CLEANUP(fd_close) int fd = socket_of(family, SOCK_STREAM);
		int taker;

		assert_int_equal(connect_to(fd, family, WEB, PORT), 0);
		assert_peer(fd, family, WEB, PORT);
		taker = tcp_taker();
		assert_in_range(taker, 0, 1);
		met[taker] = true;
	}
	assert_true(met[0] && met[1]);
}

static void udp_shows_the_service(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);

	assert_int_equal(connect_to(fd, family, WEB, PORT), 0);
	assert_peer(fd, family, WEB, PORT);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(send(fd, "?", 1, 0), 1);
		assert_in_range(udp_taker(), 0, 1);
		answered(fd, family, WEB, PORT);
	}
}

static void connected_sendto_meets_the_same(enum family family)
{
	for (int i = 0; i < TIMES; i++) {
		CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);

		assert_int_equal(connect_to(fd, family, WEB, PORT), 0);
		assert_int_equal(send_to(fd, family, WEB, PORT), 0);
		assert_in_range(udp_taker(), 0, 1);
		answered(fd, family, WEB, PORT);
	}
}

static void direct_stays_direct(enum family family)
{
	CLEANUP(fd_close) int stream = socket_of(family, SOCK_STREAM);
	CLEANUP(fd_close) int datagram = socket_of(family, SOCK_DGRAM);

	assert_int_equal(connect_to(stream, family, LOOP, BACKEND_PORT(2)), 0);
	assert_int_equal(tcp_taker(), 2);
	assert_peer(stream, family, LOOP, BACKEND_PORT(2));
	assert_int_equal(connect_to(datagram, family, LOOP, BACKEND_PORT(2)), 0);
	assert_peer(datagram, family, LOOP, BACKEND_PORT(2));
	assert_int_equal(send(datagram, "?", 1, 0), 1);
	assert_int_equal(udp_taker(), 2);
	answered(datagram, family, LOOP, BACKEND_PORT(2));
}

static void reconnect_forgets(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	int taker;

	assert_int_equal(connect_to(fd, family, WEB, PORT), 0);
	assert_int_equal(send(fd, "?", 1, 0), 1);
	taker = udp_taker();
	answered(fd, family, WEB, PORT);

	/* To the same backend, so that nothing but the last connect() can tell. */
	assert_int_equal(connect_to(fd, family, LOOP, BACKEND_PORT(taker)), 0);
	assert_peer(fd, family, LOOP, BACKEND_PORT(taker));
	assert_int_equal(send(fd, "?", 1, 0), 1);
	assert_int_equal(udp_taker(), taker);
	answered(fd, family, LOOP, BACKEND_PORT(taker));
	assert_int_equal(connect_to(fd, family, WEB, PORT), 0);
	assert_peer(fd, family, WEB, PORT);
}

static void disconnect_forgets(enum family family)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	int taker;

	assert_int_equal(connect_to(fd, family, WEB, PORT), 0);
	assert_int_equal(send(fd, "?", 1, 0), 1);
	taker = udp_taker();
	answered(fd, family, WEB, PORT);
	assert_int_equal(connect(fd, &nobody, sizeof(nobody)), 0);
	assert_int_equal(send_to(fd, family, LOOP, BACKEND_PORT(taker)), 0);
	assert_int_equal(udp_taker(), taker);
	answered(fd, family, LOOP, BACKEND_PORT(taker));
}

/* A stream socket whose connect() failed may be used for another. */
static void failed_connect_forgets(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_STREAM);
	struct service_spec dead = { .n = 7, .port = PORT, .protocol = IPPROTO_TCP, .slots = 1 };

	service_put(&dead, OTHER);
	backend_put(dead.n, 0, BACKEND_COUNT, 0); /* nobody listens there */
	assert_int_equal(connect_to(fd, family, OTHER, PORT), -ECONNREFUSED);
	assert_int_equal(connect_to(fd, family, LOOP, BACKEND_PORT(1)), 0);
	assert_int_equal(tcp_taker(), 1);
	assert_peer(fd, family, LOOP, BACKEND_PORT(1));
}

/* --- datagrams -------------------------------------------------------------------------------- */

static void exchange(int fd, enum family family, int *ret_taker)
{
	assert_int_equal(send_to(fd, family, WEB, PORT), 0);
	*ret_taker = udp_taker();
	assert_in_range(*ret_taker, 0, BACKEND_COUNT - 1);
	answered(fd, family, WEB, PORT);
}

/* A backend whose own address is a frontend too is not translated a second time. */
static void translated_once(enum family family)
{
	CLEANUP(fd_close) int connected = socket_of(family, SOCK_DGRAM);
	struct service_spec chain = {
		.n = 3, .port = BACKEND_PORT(1), .protocol = IPPROTO_UDP, .slots = 1
	};
	int taker;

	backend_put(web_udp.n, 0, 1, 0);
	service_put(&chain, LOOP);
	backend_put(chain.n, 0, 2, 0);
	exchange(connected, family, &taker);
	assert_int_equal(taker, 1);
	assert_int_equal(connect_to(connected, family, WEB, PORT), 0);
	assert_int_equal(send(connected, "?", 1, 0), 1);
	assert_int_equal(udp_taker(), 1);
	answered(connected, family, WEB, PORT);
}

static void datagrams_stay_with_one(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	int first, taker;

	exchange(fd, family, &first);
	for (int i = 0; i < TIMES; i++) {
		exchange(fd, family, &taker);
		assert_int_equal(taker, first);
		epoch_advance(&world.epoch); /* others' changes are none for us */
	}
}

static void two_at_once(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	int taker;

	assert_int_equal(send_to(fd, family, WEB, PORT), 0);
	assert_int_equal(send_to(fd, family, WEB, PORT), 0);
	taker = udp_taker();
	assert_in_range(taker, 0, 1);
	assert_int_equal(udp_taker(), taker);
	answered(fd, family, WEB, PORT);
	answered(fd, family, WEB, PORT);
}

static void next_datagram_goes_to_a_live_one(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	int first, taker;

	exchange(fd, family, &first);
	sure_put(&web_udp, WEB, 1 - first);
	backend_delete(web_udp.n, (uint16_t)first);
	for (int i = 0; i < 3; i++) {
		exchange(fd, family, &taker);
		assert_int_equal(taker, 1 - first);
	}
}

static void slot_given_to_another(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	int first, taker;

	exchange(fd, family, &first);
	backend_put(web_udp.n, (uint16_t)first, 2, 0);
	exchange(fd, family, &taker);
	assert_true(taker != first);
}

static void nobody_left_keeps_the_last(enum family family)
{
	struct service_spec none = web_udp;
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	CLEANUP(fd_close) int late = socket_of(family, SOCK_DGRAM);
	int first, taker;

	exchange(fd, family, &first);
	none.slots = 0;
	service_put(&none, WEB);
	backend_delete(web_udp.n, 0);
	backend_delete(web_udp.n, 1);
	exchange(fd, family, &taker);
	assert_int_equal(taker, first);
	assert_int_equal(send_to(late, family, WEB, PORT), -ECONNREFUSED);

	backend_put(web_udp.n, 0, 2, 0);
	none.slots = 1;
	service_put(&none, WEB);
	exchange(fd, family, &taker);
	assert_int_equal(taker, 2);
}

static void draining_keeps_what_it_has(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	int first, taker;

	exchange(fd, family, &first);
	sure_put(&web_udp, WEB, 1 - first);
	backend_put(web_udp.n, (uint16_t)first, first, BACKEND_DRAINING);
	exchange(fd, family, &taker);
	assert_int_equal(taker, first);
	for (int i = 0; i < TIMES; i++) {
		CLEANUP(fd_close) int late = socket_of(family, SOCK_DGRAM);

		exchange(late, family, &taker);
		assert_int_equal(taker, 1 - first);
	}
}

static void service_that_is_gone(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	int taker;

	exchange(fd, family, &taker);
	service_delete(&web_udp, WEB);
	assert_int_equal(send_to(fd, family, WEB, PORT), -ENETUNREACH);
}

static void direct_datagram_shows_the_backend(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	int taker, again;

	exchange(fd, family, &taker);
	assert_int_equal(send_to(fd, family, LOOP, BACKEND_PORT(taker)), 0);
	assert_int_equal(udp_taker(), taker);
	answered(fd, family, LOOP, BACKEND_PORT(taker));
	exchange(fd, family, &again);
	assert_int_equal(again, taker);
}

static void one_backend_behind_two(enum family family)
{
	struct service_spec alone = { .n = 2, .port = PORT, .protocol = IPPROTO_UDP, .slots = 1 };
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);

	alone.n = 5;
	service_put(&alone, OTHER);
	backend_put(5, 0, 1, 0);
	backend_put(web_udp.n, 0, 1, 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(send_to(fd, family, WEB, PORT), 0);
		assert_int_equal(udp_taker(), 1);
		answered(fd, family, WEB, PORT);
		assert_int_equal(send_to(fd, family, OTHER, PORT), 0);
		assert_int_equal(udp_taker(), 1);
		answered(fd, family, OTHER, PORT);
	}
}

#define MANY 8 /* as many as a socket remembers */

static void many_services(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	struct service_spec spec = { .n = 20, .protocol = IPPROTO_UDP, .slots = 1 };

	backend_put(spec.n, 0, 0, 0);
	for (uint16_t i = 0; i < 3 * MANY; i++) {
		spec.port = (uint16_t)(1000 + i);
		service_put(&spec, OTHER);
		assert_int_equal(send_to(fd, family, OTHER, spec.port), 0);
		assert_int_equal(udp_taker(), 0);
		answered(fd, family, OTHER, spec.port);
	}
}

struct sender {
	int fd;
	enum family family;
};

static void *send_one(void *ctx)
{
	const struct sender *sender = ctx;

	return send_to(sender->fd, sender->family, WEB, PORT) ? ctx : NULL;
}

#define THREADS 4

static void threads_of_one_socket(enum family family)
{
	for (int round = 0; round < 20; round++) {
		CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
		struct sender sender = { fd, family };
		pthread_t threads[THREADS];
		int first = -1;

		for (int i = 0; i < THREADS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, send_one, &sender), 0);
		for (int i = 0; i < THREADS; i++) {
			void *failed;

			pthread_join(threads[i], &failed);
			assert_null(failed);
		}
		for (int i = 0; i < THREADS; i++) {
			int taker = udp_taker();

			first = first < 0 ? taker : first;
			assert_int_equal(taker, first);
			answered(fd, family, WEB, PORT);
		}
	}
}

/* --- connected UDP sockets are freed ---------------------------------------------------------- */

/* The pod's namespace is found by its record. */
static size_t stale_destroy(void)
{
	struct record record = { .container_id = "pod", .ifname = "eth0", .host_ifname = "veth0" };
	char run_dir[] = "/tmp/byway-socket-XXXXXX";
	struct error err;
	size_t count;

	snprintf(record.netns, sizeof(record.netns), "/proc/self/fd/%d", world.pod_netns);
	assert_non_null(mkdtemp(run_dir));
	if (record_write(run_dir, &record, &err))
		fail_msg("%s", err.text);
	if (sock_destroy_stale(SOCKETS_BPF_DIR, run_dir, &count, &err))
		fail_msg("%s", err.text);
	record_remove(run_dir, "pod", "eth0", &err);
	rmdir(path_below(run_dir, "endpoints").text);
	assert_int_equal(rmdir(run_dir), 0);
	return count;
}

static int connected_taker(int fd)
{
	assert_int_equal(send(fd, "?", 1, 0), 1);
	return udp_taker();
}

/* It can be used again once it has told of its fate. */
static void assert_freed(int fd)
{
	char byte;

	assert_int_equal(send(fd, "?", 1, 0), -1);
	assert_int_equal(errno, EDESTADDRREQ);
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	assert_int_equal(errno, ECONNABORTED);
}

static void gone_backend_frees(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	CLEANUP(fd_close) int direct = socket_of(family, SOCK_DGRAM);
	CLEANUP(fd_close) int other = socket_of(family, SOCK_DGRAM);
	int first;

	assert_int_equal(connect_to(fd, family, WEB, PORT), 0);
	first = connected_taker(fd);
	assert_int_equal(connect_to(direct, family, LOOP, BACKEND_PORT(first)), 0);
	assert_int_equal(stale_destroy(), 0);
	sure_put(&web_udp, WEB, 1 - first);
	backend_delete(web_udp.n, (uint16_t)first);
	assert_int_equal(connect_to(other, family, WEB, PORT), 0);
	assert_int_equal(stale_destroy(), 1);

	assert_freed(fd);
	assert_int_equal(connect_to(fd, family, WEB, PORT), 0);
	assert_int_equal(connected_taker(fd), 1 - first);
	assert_int_equal(connected_taker(other), 1 - first);
	assert_int_equal(connected_taker(direct), first);
	assert_int_equal(stale_destroy(), 0);
}

static void gone_backend_frees_in_pods(enum family family)
{
	CLEANUP(fd_close) int fd = pod_socket_of(family, SOCK_DGRAM);
	CLEANUP(fd_close) int again = pod_socket_of(family, SOCK_DGRAM);

	backend_put(web_udp.n, 1, 0, 0);
	assert_int_equal(connect_to(fd, family, WEB, PORT), 0);
	assert_int_equal(connect_to(again, family, WEB, PORT), 0);
	backend_put(web_udp.n, 0, 2, 0);
	backend_put(web_udp.n, 1, 2, 0);
	assert_int_equal(connect_to(again, family, WEB, PORT), 0); /* by itself, in time */
	assert_int_equal(stale_destroy(), 1);
	assert_freed(fd);
	assert_int_equal(send(again, "?", 1, 0), 1);
}

static void nobody_left_frees_nobody(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);
	struct service_spec none = web_udp;
	int first;

	assert_int_equal(connect_to(fd, family, WEB, PORT), 0);
	first = connected_taker(fd);
	backend_put(web_udp.n, (uint16_t)first, first, BACKEND_DRAINING);
	assert_int_equal(stale_destroy(), 0);
	none.slots = 0;
	service_put(&none, WEB);
	backend_delete(web_udp.n, 0);
	backend_delete(web_udp.n, 1);
	assert_int_equal(stale_destroy(), 0);
	service_delete(&web_udp, WEB);
	assert_int_equal(stale_destroy(), 0);
	assert_int_equal(connected_taker(fd), first);
}

/* --- nobody serves ---------------------------------------------------------------------------- */

static void empty_put(uint8_t no_backend)
{
	struct service_spec spec = {
		.n = 9, .port = PORT, .protocol = IPPROTO_TCP, .no_backend = no_backend
	};

	service_put(&spec, EMPTY);
	spec.protocol = IPPROTO_UDP;
	service_put(&spec, EMPTY);
}

static void assert_empty(enum family family, int code)
{
	CLEANUP(fd_close) int stream = socket_of(family, SOCK_STREAM);
	CLEANUP(fd_close) int datagram = socket_of(family, SOCK_DGRAM);
	CLEANUP(fd_close) int unconnected = socket_of(family, SOCK_DGRAM);

	assert_int_equal(connect_to(stream, family, EMPTY, PORT), code);
	assert_int_equal(connect_to(datagram, family, EMPTY, PORT), code);
	assert_int_equal(send_to(unconnected, family, EMPTY, PORT), code);
}

static void nobody_serves_is_refused(enum family family)
{
	empty_put(NO_BACKEND_REJECT);
	assert_empty(family, -ECONNREFUSED);
}

/* Untranslated: nothing here has a route there, and a pod's packet is dropped with its reason. */
static void nobody_may_serve_is_left_to_packets(enum family family)
{
	empty_put(NO_BACKEND_DROP);
	assert_empty(family, -ENETUNREACH);
}

static void holes_are_passed_over(enum family family)
{
	struct service_spec spec = {
		.n = 11, .port = PORT, .protocol = IPPROTO_TCP, .slots = 1000, .sure = 999
	};

	service_put(&spec, OTHER);
	backend_put(11, 999, 2, 0);
	for (int i = 0; i < TIMES; i++) {
		CLEANUP(fd_close) int fd = socket_of(family, SOCK_STREAM);

		assert_int_equal(connect_to(fd, family, OTHER, PORT), 0);
		assert_int_equal(tcp_taker(), 2);
	}
}

static void other_ports_and_protocols_are_left_alone(enum family family)
{
	CLEANUP(fd_close) int stream = socket_of(family, SOCK_STREAM);
	CLEANUP(fd_close) int datagram = socket_of(family, SOCK_DGRAM);

	assert_int_equal(connect_to(stream, family, WEB, PORT + 1), -ENETUNREACH);
	service_delete(&web_udp, WEB);
	assert_int_equal(connect_to(datagram, family, WEB, PORT), -ENETUNREACH);
}

/* --- affinity --------------------------------------------------------------------------------- */

static const struct service_spec sticky = {
	.n = 13, .port = PORT, .protocol = IPPROTO_TCP, .slots = 3, .affinity_s = 100
};

static void sticky_put(void)
{
	service_put(&sticky, OTHER);
	for (uint16_t slot = 0; slot < 3; slot++)
		backend_put(sticky.n, slot, slot, 0);
}

static int sticky_taker(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_STREAM);

	assert_int_equal(connect_to(fd, family, OTHER, PORT), 0);
	return tcp_taker();
}

static void affinity_holds(enum family family)
{
	int first;

	sticky_put();
	first = sticky_taker(family);
	for (int i = 0; i < TIMES; i++)
		assert_int_equal(sticky_taker(family), first);
	sure_put(&sticky, OTHER, (first + 1) % 3);
	backend_put(sticky.n, (uint16_t)first, first, BACKEND_DRAINING);
	assert_true(sticky_taker(family) != first);
}

static void affinity_moves_on(enum family family)
{
	int first, second;

	sticky_put();
	first = sticky_taker(family);
	sure_put(&sticky, OTHER, (first + 1) % 3);
	backend_delete(sticky.n, (uint16_t)first);
	second = sticky_taker(family);
	assert_true(second != first);
	backend_put(sticky.n, (uint16_t)first, first, 0);
	for (int i = 0; i < TIMES; i++)
		assert_int_equal(sticky_taker(family), second);
}

/* Makes the one entry that there is seconds older. */
static void affinity_age(uint64_t seconds)
{
	struct affinity_key key;
	struct affinity last;

	assert_int_equal(bpf_map_get_next_key(world.maps.affinity, NULL, &key), 0);
	assert_int_equal(bpf_map_lookup_elem(world.maps.affinity, &key, &last), 0);
	last.used_ns -= seconds * 1000000000;
	assert_int_equal(bpf_map_update_elem(world.maps.affinity, &key, &last, BPF_EXIST), 0);
}

static void affinity_ends(enum family family)
{
	int first, others = 0;

	sticky_put();
	first = sticky_taker(family);
	for (int i = 0; i < 3; i++) {
		affinity_age(sticky.affinity_s - 20); /* each connection begins it anew */
		assert_int_equal(sticky_taker(family), first);
	}
	for (int i = 0; i < TIMES; i++) {
		affinity_age(sticky.affinity_s + 1);
		others += sticky_taker(family) != first;
	}
	assert_true(others > 0);
}

static void affinity_of_each_pod(enum family family)
{
	struct affinity_key first, second;

	sticky_put();
	sticky_taker(family);
	CLEANUP(fd_close) int fd = pod_socket_of(family, SOCK_STREAM);

	connect_to(fd, family, OTHER, PORT); /* nobody listens in its namespace */
	assert_int_equal(bpf_map_get_next_key(world.maps.affinity, NULL, &first), 0);
	assert_int_equal(bpf_map_get_next_key(world.maps.affinity, &first, &second), 0);
}

/* --- node ports, and who is inside ------------------------------------------------------------ */

#define NODE_PORT 30080

static void node_port_put(void)
{
	struct service_spec spec = {
		.n = 15, .port = NODE_PORT, .protocol = IPPROTO_UDP, .slots = 1
	};

	service_put(&spec, NOWHERE);
	spec.protocol = IPPROTO_TCP;
	service_put(&spec, NOWHERE);
	backend_put(spec.n, 0, 2, 0);
	node_address_put(NODE, NODE_ADDRESS_NODE_PORTS);
	node_address_put(LOOP, NODE_ADDRESS_NODE_PORTS | NODE_ADDRESS_LOOPBACK);
	node_address_put(OTHER, 0);
}

/* Whether the hook has made a service's address of it: nothing else has a route. */
static int udp_connect(int fd, enum family family, const char *v4, const char *v6, uint16_t port)
{
	int rc = connect_to(fd, family, v4, v6, port);

	fd_close(&fd);
	return rc;
}

static void node_port_of_the_node(enum family family)
{
	node_port_put();
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_DGRAM);

	assert_int_equal(connect_to(fd, family, NODE, NODE_PORT), 0);
	assert_peer(fd, family, NODE, NODE_PORT);
	assert_int_equal(send(fd, "?", 1, 0), 1);
	assert_int_equal(udp_taker(), 2);
	answered(fd, family, NODE, NODE_PORT);
	assert_int_equal(udp_connect(pod_socket_of(family, SOCK_DGRAM), family, NODE, NODE_PORT),
			 0);
	assert_int_equal(udp_connect(socket_of(family, SOCK_DGRAM), family, OTHER, NODE_PORT),
			 -ENETUNREACH);
	assert_int_equal(udp_connect(socket_of(family, SOCK_DGRAM), family, NODE, NODE_PORT + 1),
			 -ENETUNREACH);
}

static void exchange_loop(int fd, enum family family, int wanted)
{
	char byte;

	assert_int_equal(connect_to(fd, family, LOOP, NODE_PORT), 0);
	send(fd, "?", 1, 0);
	if (wanted < 0) {
		assert_no_taker();
		assert_int_equal(recv(fd, &byte, 1, 0), -1); /* its own port is closed */
	} else {
		assert_int_equal(udp_taker(), wanted);
	}
	fd_close(&fd);
}

static void node_port_of_loopback(enum family family)
{
	node_port_put();
	exchange_loop(socket_of(family, SOCK_DGRAM), family, 2);
	exchange_loop(pod_socket_of(family, SOCK_DGRAM), family, -1);
}

/* It means this host, and nothing listens there. */
static void nowhere_is_no_node_port(enum family family)
{
	CLEANUP(fd_close) int fd = socket_of(family, SOCK_STREAM);
	CLEANUP(fd_close) int other = socket_of(family, SOCK_STREAM);

	node_port_put();
	node_address_put(NOWHERE, NODE_ADDRESS_NODE_PORTS);
	assert_int_equal(connect_to(fd, family, NOWHERE, NODE_PORT), -ECONNREFUSED);
	assert_int_equal(connect_to(other, family, LOOP, NODE_PORT), 0);
}

static void pods_choose(enum family family)
{
	assert_int_equal(udp_connect(pod_socket_of(family, SOCK_DGRAM), family, WEB, PORT), 0);
}

static void only_the_node_chooses(enum family family)
{
	CLEANUP(fd_close) int fd = pod_socket_of(family, SOCK_DGRAM);

	assert_int_equal(udp_connect(socket_of(family, SOCK_DGRAM), family, WEB, PORT), 0);
	assert_int_equal(connect_to(fd, family, WEB, PORT), -ENETUNREACH);
	assert_int_equal(send_to(fd, family, WEB, PORT), -ENETUNREACH);
}

/* clang-format off */
static const struct socket_row rows[] = {
	{ "a TCP connection reaches any backend and shows the service", tcp_shows_the_service },
	{ "a connected UDP socket reaches a backend and shows the service", udp_shows_the_service },
	{ "a connected UDP socket that names the service meets its backend", connected_sendto_meets_the_same },
	{ "what is no service's stays as it is", direct_stays_direct },
	{ "connecting a socket elsewhere forgets the service", reconnect_forgets },
	{ "disconnecting a socket forgets the service", disconnect_forgets },
	{ "a connect() that failed is forgotten", failed_connect_forgets },
	{ "datagrams stay with one backend, and answers show the service", datagrams_stay_with_one },
	{ "what was translated is not translated again", translated_once },
	{ "two datagrams at once from one socket are both answered", two_at_once },
	{ "when its backend is gone the next datagram goes to a live one", next_datagram_goes_to_a_live_one },
	{ "a slot that another backend got is noticed", slot_given_to_another },
	{ "a service left with no backend forgets nothing", nobody_left_keeps_the_last },
	{ "a draining backend keeps what it has and gets nothing new", draining_keeps_what_it_has },
	{ "a service that is gone is not translated any more", service_that_is_gone },
	{ "an answer to what went to the backend itself shows the backend", direct_datagram_shows_the_backend },
	{ "with one backend behind two services the last one used is shown", one_backend_behind_two },
	{ "a socket may use many services one after the other", many_services },
	{ "threads that send by one socket at once agree on a backend", threads_of_one_socket },
	{ "a connected UDP socket whose backend is gone is freed, and no other", gone_backend_frees },
	{ "a pod's connected UDP socket is freed in the pod's namespace", gone_backend_frees_in_pods },
	{ "a draining backend, or none to go to, frees no socket", nobody_left_frees_nobody },
	{ "a service without backends refuses at once", nobody_serves_is_refused },
	{ "a service that this node must not serve is left to the packets' programs", nobody_may_serve_is_left_to_packets },
	{ "with nearly all slots empty the sure one is found", holes_are_passed_over },
	{ "other ports and protocols are left alone", other_ports_and_protocols_are_left_alone },
	{ "affinity: the same backend while it takes new connections", affinity_holds },
	{ "affinity: a new backend when the old one is gone, and then that", affinity_moves_on },
	{ "affinity ends when it was not used for long enough", affinity_ends },
	{ "affinity is each pod's own", affinity_of_each_pod },
	{ "a node port answers at the node's addresses and no others", node_port_of_the_node },
	{ "a node port answers at the loopback address to the node itself only", node_port_of_loopback },
	{ "connecting to 0.0.0.0 means no node port", nowhere_is_no_node_port },
	{ "sockets of pods choose backends", pods_choose },
	{ "sockets of pods choose nothing where only the node's may", only_the_node_chooses, true },
};
/* clang-format on */

static const char *const family_names[] = { "IPv4", "IPv6", "mapped IPv4" };

static void row_test(void **state)
{
	const struct socket_row *row = *state;

	if (missing)
		skip();
	for (enum family family = V4; family < FAMILY_COUNT; family++) {
		fprintf(stderr, "# %s: %s\n", row->sentence, family_names[family]);
		sockets_renew(row->host_sockets_only);
		web_put();
		row->test(family);
	}
}

static int world_begin(void **state)
{
	(void)state;
	missing = sockets_begin();
	if (missing)
		fprintf(stderr, "# skipped: %s\n", missing);
	return 0;
}

static int world_end(void **state)
{
	(void)state;
	sockets_end();
	return 0;
}

int main(void)
{
	static struct cases cases;

	ROWS_ADD(&cases, rows, row_test);
	return cases_run("socket", &cases, world_begin, world_end);
}
