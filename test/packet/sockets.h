/* SPDX-License-Identifier: Apache-2.0 */
/* sockets - a node whose services the test writes itself, and real sockets that use them. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "byway/service.h"
#include "datapath/epoch.h"
#include "datapath/service_maps.h"

#define SOCKETS_BPF_DIR "/sys/fs/bpf/byway-test"

/* How a process writes an address: mapped is ::ffff:a.b.c.d on an IPv6 socket. */
enum family { V4, V6, MAPPED, FAMILY_COUNT };

/* clang-format off */

/* The cast: a frontend is an address of each family with a port; a backend is a port of the loopback address. */
#define WEB "10.96.0.1", "fd96::1"
#define OTHER "10.96.0.2", "fd96::2"
#define EMPTY "10.96.0.9", "fd96::9"
#define NODE "192.0.2.1", "2001:db8::1"
#define LOOP "127.0.0.1", "::1"
#define NOWHERE "0.0.0.0", "::"

/* clang-format on */

#define BACKEND_COUNT 3
#define BACKEND_PORT(i) ((uint16_t)(8080 + (i)))

struct sockets {
	char cgroup[256]; /* the process is in it */
	int node_netns, pod_netns;
	struct service_maps maps;
	struct epoch epoch;
	int tcp[BACKEND_COUNT], udp[BACKEND_COUNT]; /* what listens; both families */
};

extern struct sockets world;

/*
 * sockets_begin - namespaces, a cgroup, and what listens. Returns NULL, or why it cannot be here.
 * sockets_end leaves the cgroup and removes it.
 */
const char *sockets_begin(void);
void sockets_end(void);

/*
 * sockets_renew - the programs with that setting on the cgroup, every map and every queue empty.
 * Fails the test where the system refuses; so does everything below.
 */
void sockets_renew(bool host_sockets_only);

struct sockaddr_in6 address_of(enum family family, const char *v4, const char *v6, uint16_t port);

/* socket_of - in the node's namespace, or in the pod's. */
int socket_of(enum family family, int kind);
int pod_socket_of(enum family family, int kind);

/* connect_to - 0 or -errno. */
int connect_to(int fd, enum family family, const char *v4, const char *v6, uint16_t port);
int send_to(int fd, enum family family, const char *v4, const char *v6, uint16_t port);

/* tcp_taker, udp_taker - which backend has just got it; -1 when none does in good time. */
int tcp_taker(void);
int udp_taker(void);
void assert_no_taker(void);

/* answered - the backend that got a datagram answers, and to the socket it came from this address.
 */
void answered(int fd, enum family family, const char *v4, const char *v6, uint16_t port);
void assert_peer(int fd, enum family family, const char *v4, const char *v6, uint16_t port);

/* Services. Addresses of both families are written at once, with ids 2n and 2n + 1. */
struct service_spec {
	uint32_t n;
	uint16_t port;
	uint8_t protocol;
	uint16_t slots, sure;
	uint8_t no_backend;
	uint32_t affinity_s;
};
void service_put(const struct service_spec *spec, const char *v4, const char *v6);
void service_delete(const struct service_spec *spec, const char *v4, const char *v6);
void backend_put(uint32_t n, uint16_t slot, int backend, uint16_t flags);
void backend_delete(uint32_t n, uint16_t slot);
void node_address_put(const char *v4, const char *v6, uint32_t flags);
