/* SPDX-License-Identifier: Apache-2.0 */
/* byway-rr - requests answered a second, counted as netperf counts them. */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	PORT_BASE = 12865,	  /* each test has its own port above it: struct test */
	SERVER_LIFETIME_S = 3600, /* a server nobody stops ends by itself */
	SEND_BYTES = 16384,	  /* netperf's sizes for TCP_STREAM on Linux */
	RECEIVE_BYTES = 131072,
	DRAIN_TICKS = 100, /* of TICK_US: how long TCP_STREAM waits for the last byte */
	TICK_US = 50000,
	CLIENT_PORT_FIRST = 16384,
	CLIENT_PORT_LAST = 65535,
};

struct run {
	struct sockaddr_storage to;
	socklen_t to_len;
	double seconds;
	uint64_t count_max; /* 0: as many as the time allows */
	uint64_t count;	    /* transactions; for TCP_STREAM bytes */
};

struct test {
	const char *name;
	int socktype;
	bool keepalive; /* a server notices a client whose network has gone */
	bool counts_bytes;
	void (*serve)(int fd); /* one client, or (UDP) all of them */
	void (*run)(struct run *run);
};

static volatile sig_atomic_t time_is_up;

/* moving bytes */

/* True when one byte came; false at the end of the connection or of the time. */
static bool byte_receive(int fd)
{
	char byte;
	ssize_t n;

	do {
		n = recv(fd, &byte, 1, 0);
	} while (n < 0 && errno == EINTR && !time_is_up);
	return n == 1;
}

static bool byte_send(int fd)
{
	return send(fd, "b", 1, MSG_NOSIGNAL) == 1;
}

/* the server's side */

static void tcp_rr_serve(int fd)
{
	while (byte_receive(fd) && byte_send(fd))
		;
}

static void tcp_crr_serve(int fd)
{
	if (byte_receive(fd) && byte_send(fd))
		byte_receive(fd); /* the client closes first, as netperf's does */
}

static void tcp_stream_serve(int fd)
{
	static char buffer[RECEIVE_BYTES];

	while (recv(fd, buffer, sizeof(buffer), 0) > 0)
		;
}

static void udp_rr_serve(int fd)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char byte;

	while (recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&from, &len) >= 0) {
		sendto(fd, &byte, 1, MSG_NOSIGNAL, (struct sockaddr *)&from, len);
		len = sizeof(from);
	}
}

/* the client's side */

static bool run_goes_on(const struct run *run)
{
	return !time_is_up && (!run->count_max || run->count < run->count_max);
}

static int client_connect(const struct run *run, int socktype)
{
	int fd = socket(run->to.ss_family, socktype | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	if (connect(fd, (const struct sockaddr *)&run->to, run->to_len)) {
		if (time_is_up)
			errx(1, "connect: no answer in %g s", run->seconds);
		err(1, "connect");
	}
	return fd;
}

static void rr_run(struct run *run, int socktype)
{
	int fd = client_connect(run, socktype);

	while (run_goes_on(run) && byte_send(fd) && byte_receive(fd))
		run->count++;
	close(fd);
}

static void tcp_rr_run(struct run *run)
{
	rr_run(run, SOCK_STREAM);
}

static void udp_rr_run(struct run *run)
{
	rr_run(run, SOCK_DGRAM);
}

/*
 * Like netperf, walks through the source ports itself: every connection is a new tuple, and a port
 * comes round again only after seconds. One that is still taken (a listener here, or TIME_WAIT
 * without tcp_tw_reuse) is passed over. -1: the time is up.
 */
static int crr_connect(const struct run *run, uint16_t *port)
{
	/* The port stands at the same place in struct sockaddr_in. */
	struct sockaddr_in6 from = { .sin6_family = run->to.ss_family };
	const int one = 1;

	for (int tries = CLIENT_PORT_FIRST; tries <= CLIENT_PORT_LAST; tries++) {
		int fd = socket(run->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0)
			err(1, "socket");
		*port = *port < CLIENT_PORT_LAST ? *port + 1 : CLIENT_PORT_FIRST;
		from.sin6_port = htons(*port);
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (!bind(fd, (struct sockaddr *)&from, run->to_len) &&
		    !connect(fd, (const struct sockaddr *)&run->to, run->to_len))
			return fd;
		if (errno != EADDRINUSE && errno != EADDRNOTAVAIL && !time_is_up)
			err(1, "connect from port %u", *port);
		close(fd);
		if (time_is_up)
			return -1;
	}
	errx(1, "no source port is free: is net.ipv4.tcp_tw_reuse 1 where the client runs?");
}

static void tcp_crr_run(struct run *run)
{
	uint16_t port = CLIENT_PORT_FIRST + getpid() % (CLIENT_PORT_LAST - CLIENT_PORT_FIRST);
	bool answered = true;

	while (answered && run_goes_on(run)) {
		int fd = crr_connect(run, &port);

		if (fd < 0)
			return;
		answered = byte_send(fd) && byte_receive(fd);
		if (answered) {
			run->count++;
			shutdown(fd, SHUT_WR);
			byte_receive(fd);
		}
		close(fd);
	}
}

static void tcp_stream_run(struct run *run)
{
	static char buffer[RECEIVE_BYTES];
	int fd = client_connect(run, SOCK_STREAM), ticks = 0;
	ssize_t n;

	while (run_goes_on(run)) {
		n = send(fd, buffer, SEND_BYTES, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			err(1, "send");
		run->count += n > 0 ? n : 0;
	}
	/* Counted is what the other end has read: it closes after the last byte. */
	shutdown(fd, SHUT_WR);
	while ((n = recv(fd, buffer, 1, 0)) < 0 && errno == EINTR && ticks++ < DRAIN_TICKS)
		;
	if (n < 0)
		err(1, "the stream's end was not confirmed");
	close(fd);
}

/* which test */

/* A test's port is the base plus one plus its place here; the base is netserver's. */
static const struct test tests[] = {
	{ "TCP_RR", SOCK_STREAM, true, false, tcp_rr_serve, tcp_rr_run },
	{ "TCP_CRR", SOCK_STREAM, false, false, tcp_crr_serve, tcp_crr_run },
	{ "TCP_STREAM", SOCK_STREAM, true, true, tcp_stream_serve, tcp_stream_run },
	{ "UDP_RR", SOCK_DGRAM, false, false, udp_rr_serve, udp_rr_run },
};
enum { TESTS = sizeof(tests) / sizeof(tests[0]) };

static int test_index(const char *name)
{
	for (int i = 0; i < TESTS; i++)
		if (!strcmp(tests[i].name, name))
			return i;
	errx(2, "no test '%s': TCP_RR, TCP_CRR, TCP_STREAM or UDP_RR", name);
}

/* serve */

static void keepalive_set(int fd)
{
	const int on = 1, idle_s = 5, interval_s = 1, probes = 3;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof(interval_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
}

/* One socket for both families where there is IPv6, else IPv4 alone. */
static int server_socket(const struct test *test, uint16_t port)
{
	struct sockaddr_in6 any6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	const int one = 1, zero = 0;
	int fd = socket(AF_INET6, test->socktype | SOCK_CLOEXEC, 0);
	bool both = fd >= 0;

	if (!both)
		fd = socket(AF_INET, test->socktype | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (both)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if (test->keepalive)
		keepalive_set(fd); /* accepted sockets inherit it */
	if (bind(fd, both ? (struct sockaddr *)&any6 : (struct sockaddr *)&any4,
		 both ? sizeof(any6) : sizeof(any4)))
		err(1, "bind port %u for %s", port, test->name);
	if (test->socktype == SOCK_STREAM && listen(fd, 128))
		err(1, "listen for %s", test->name);
	return fd;
}

static void server_child(const struct test *test, int fd, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		exit(0);
	for (;;) {
		int client = test->socktype == SOCK_STREAM ? accept(fd, NULL, NULL) : fd;

		if (client < 0)
			continue;
		test->serve(client);
		if (client != fd)
			close(client);
	}
}

static void server_detach(void)
{
	pid_t pid = fork();
	int null;

	if (pid < 0)
		err(1, "fork");
	if (pid) {
		printf("%d\n", pid);
		exit(0);
	}
	setsid();
	null = open("/dev/null", O_RDWR);
	if (null < 0)
		err(1, "/dev/null");
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close(null);
}

/* One blocking process a test, as netserver has: no poll between the socket and the answer. */
static int serve(uint16_t port, bool detach)
{
	int fds[TESTS];
	pid_t self;

	for (int i = 0; i < TESTS; i++)
		fds[i] = server_socket(&tests[i], port + 1 + i);
	if (detach)
		server_detach();
	self = getpid();
	for (int i = 0; i < TESTS; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (!pid)
			server_child(&tests[i], fds[i], self);
	}
	alarm(SERVER_LIFETIME_S);
	while (wait(NULL) > 0)
		;
	return 1;
}

/* run */

static void tick(int signo)
{
	(void)signo;
	time_is_up = 1;
}

/* The signal repeats: one that falls between a check of time_is_up and a call is not the last. */
static void deadline_set(double seconds)
{
	const struct sigaction action = { .sa_handler = tick };
	struct itimerval timer = { .it_interval.tv_usec = TICK_US };

	timer.it_value.tv_sec = (time_t)seconds;
	timer.it_value.tv_usec = (suseconds_t)((seconds - (double)timer.it_value.tv_sec) * 1e6);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void target_resolve(const char *address, uint16_t port, struct run *run)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
					.ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	char service[8];

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(address, service, &hints, &found))
		errx(2, "'%s' is no IPv4 or IPv6 address", address);
	memcpy(&run->to, found->ai_addr, found->ai_addrlen);
	run->to_len = found->ai_addrlen;
	freeaddrinfo(found);
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int run_test(const struct test *test, struct run *run, const char *address)
{
	double start = now_seconds(), elapsed;

	deadline_set(run->seconds);
	test->run(run);
	elapsed = now_seconds() - start;
	if (!run->count)
		errx(1, "%s to %s: no answer in %.1f s", test->name, address, elapsed);
	printf("{\"tool\":\"byway-rr\",\"test\":\"%s\",\"to\":\"%s\",\"seconds\":%.3f,\"count\":%llu,"
	       "\"rate\":%.1f,\"unit\":\"%s\"}\n",
	       test->name, address, elapsed, (unsigned long long)run->count,
	       (double)run->count * (test->counts_bytes ? 8 : 1) / elapsed,
	       test->counts_bytes ? "bit/s" : "transactions/s");
	return 0;
}

/* the command line */

static const char usage[] =
	"Usage: byway-rr serve [--port BASE] [--cpu N] [--detach]\n"
	"       byway-rr run --to ADDRESS [--test NAME] [--seconds S] [--count N]\n"
	"                    [--port BASE] [--cpu N]\n"
	"\n"
	"serve answers every test on BASE+1 to BASE+4 (BASE: 12865); --detach prints the server's\n"
	"pid and returns once it listens. run prints one JSON object. Tests, as netperf's:\n"
	"  TCP_RR      one byte there, one byte back, again and again on one connection (default)\n"
	"  TCP_CRR     the same with a connection for each: connect, a byte each way, close\n"
	"  TCP_STREAM  as many bytes as pass, in bits a second\n"
	"  UDP_RR      TCP_RR over UDP\n"
	"Ends after --seconds (1) or --count transactions. Exit: 0, 1 no answer, 2 usage.\n";

static double number_parse(const char *option, const char *text, double min, double max)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= min && value <= max))
		errx(2, "--%s '%s': a number from %g to %g", option, text, min, max);
	return value;
}

static void cpu_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "pin to CPU %d", cpu);
}

int main(int argc, char **argv)
{
	/* clang-format off */
	static const struct option options[] = {
		{ "to", required_argument, NULL, 't' },	    { "test", required_argument, NULL, 'T' },
		{ "seconds", required_argument, NULL, 's' }, { "count", required_argument, NULL, 'n' },
		{ "port", required_argument, NULL, 'p' },    { "cpu", required_argument, NULL, 'c' },
		{ "detach", no_argument, NULL, 'd' },	    { "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	/* clang-format on */
	struct run run = { .seconds = 1 };
	const char *to = NULL;
	uint16_t port = PORT_BASE;
	bool detach = false;
	int opt, test = 0, at = 0;

	while ((opt = getopt_long(argc, argv, "h", options, &at)) != -1) {
		/* clang-format off */
		switch (opt) {
		case 't': to = optarg; break;
		case 'T': test = test_index(optarg); break;
		case 's': run.seconds = number_parse("seconds", optarg, 0.001, 86400); break;
		case 'n': run.count_max = number_parse("count", optarg, 1, 1e15); break;
		case 'p': port = number_parse("port", optarg, 1, 65535 - TESTS); break;
		case 'c': cpu_pin(number_parse("cpu", optarg, 0, CPU_SETSIZE - 1)); break;
		case 'd': detach = true; break;
		case 'h': fputs(usage, stdout); return 0;
		default: fputs(usage, stderr); return 2;
		}
		/* clang-format on */
	}
	if (argc - optind == 1 && !strcmp(argv[optind], "serve") && !to)
		return serve(port, detach);
	if (argc - optind == 1 && !strcmp(argv[optind], "run") && to) {
		target_resolve(to, port + 1 + test, &run);
		return run_test(&tests[test], &run, to);
	}
	fputs(usage, stderr);
	return 2;
}
