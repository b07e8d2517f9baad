/* SPDX-License-Identifier: Apache-2.0 */
/* byway-cni-timer - how long a CNI plugin takes, and the kernel to delete a link. */

#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BURST_MAX = 4096, NAME_MAX_BYTES = 256 };

extern char **environ;

struct job {
	const char *stdin_path;
	const char *stdout_path;
	char **argv;
};

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static pid_t job_start(const struct job *job)
{
	posix_spawn_file_actions_t files;
	pid_t pid;
	int failed;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, job->stdin_path, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, job->stdout_path, O_WRONLY | O_CREAT | O_TRUNC,
					 0644);
	failed = posix_spawn(&pid, job->argv[0], &files, NULL, job->argv, environ);
	if (failed)
		errx(1, "start %s: %s", job->argv[0], strerror(failed));
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

static int exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int job_time(const struct job *job)
{
	double start = now_us();
	pid_t pid = job_start(job);
	int status;

	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	printf("{\"us\":%.0f,\"exit\":%d}\n", now_us() - start, exit_code(status));
	return exit_code(status);
}

/* many at once */

struct attachment {
	pid_t pid;
	double start_us;
};

struct burst {
	struct attachment all[BURST_MAX];
	int started;
	int ended;
	int failed;
};

/* Attachment i is the container ID-i in the namespace /run/netns/ID-i. */
static void burst_start_one(struct burst *burst, const struct job *job, const char *id)
{
	struct attachment *one = &burst->all[burst->started];
	char container[NAME_MAX_BYTES], netns[NAME_MAX_BYTES + 16];

	snprintf(container, sizeof(container), "%s-%d", id, burst->started++);
	snprintf(netns, sizeof(netns), "/run/netns/%s", container);
	setenv("CNI_CONTAINERID", container, 1);
	setenv("CNI_NETNS", netns, 1);
	one->start_us = now_us();
	one->pid = job_start(job);
}

/* Prints the time of one that has ended; options as for waitpid(). False: none has. */
static int burst_end_one(struct burst *burst, int options)
{
	int status, i = 0;
	pid_t pid = waitpid(-1, &status, options);

	if (pid <= 0)
		return 0;
	while (burst->all[i].pid != pid)
		i++;
	printf("%s%.0f", burst->ended++ ? "," : "", now_us() - burst->all[i].start_us);
	burst->failed += status != 0;
	return 1;
}

/* Prints one object: the time until all are done, each one's own time, and how many failed. */
static int burst_time(const struct job *job, const char *id, int count)
{
	static struct burst burst;
	double start = now_us();

	printf("{\"each_us\":[");
	while (burst.started < count) {
		burst_start_one(&burst, job, id);
		while (burst_end_one(&burst, WNOHANG))
			;
	}
	while (burst_end_one(&burst, 0))
		;
	printf("],\"us\":%.0f,\"count\":%d,\"failed\":%d}\n", now_us() - start, count,
	       burst.failed);
	return burst.failed ? 1 : 0;
}

/* what the kernel alone needs */

static int link_delete_time(const char *name)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg link;
	} request = {
		.head = { .nlmsg_len = sizeof(request),
			  .nlmsg_type = RTM_DELLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.link = { .ifi_index = (int)if_nametoindex(name) },
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char more[256];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	double start;

	if (fd < 0 || !request.link.ifi_index)
		err(1, "link %s", name);
	start = now_us();
	if (send(fd, &request, sizeof(request), 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < 0)
		err(1, "delete link %s", name);
	printf("{\"us\":%.0f,\"exit\":%d}\n", now_us() - start, -answer.error.error);
	return answer.error.error ? 1 : 0;
}

/* the command line */

static const char usage[] =
	"Usage: byway-cni-timer run [--stdin FILE] [--stdout FILE] -- PROGRAM [ARGUMENT…]\n"
	"       byway-cni-timer burst --count N --id ID [--stdin FILE] -- PROGRAM [ARGUMENT…]\n"
	"       byway-cni-timer delete-link NAME\n"
	"\n"
	"run starts the program with the caller's environment and prints its microseconds, from before\n"
	"the start until it has ended, and its exit code. burst starts N at once, the i-th (from 0) with\n"
	"CNI_CONTAINERID=ID-i and CNI_NETNS=/run/netns/ID-i. delete-link times one RTM_DELLINK and its\n"
	"answer. Each prints one JSON object.\n";

static int usage_error(void)
{
	fputs(usage, stderr);
	return 2;
}

static int count_parse(const char *text)
{
	char *end;
	long count = strtol(text, &end, 10);

	if (*end || count < 1 || count > BURST_MAX)
		errx(2, "--count '%s': a number from 1 to %d", text, BURST_MAX);
	return (int)count;
}

int main(int argc, char **argv)
{
	/* clang-format off */
	static const struct option options[] = {
		{ "stdin", required_argument, NULL, 'i' }, { "stdout", required_argument, NULL, 'o' },
		{ "count", required_argument, NULL, 'n' }, { "id", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },	   { 0 },
	};
	/* clang-format on */
	struct job job = { .stdin_path = "/dev/null", .stdout_path = "/dev/null" };
	const char *verb = argc > 1 ? argv[1] : "", *id = NULL;
	int opt, count = 0, at = 0;

	if (!strcmp(verb, "delete-link"))
		return argc == 3 ? link_delete_time(argv[2]) : usage_error();
	argc -= argc > 1 && *verb != '-';
	argv += *verb && *verb != '-';
	while ((opt = getopt_long(argc, argv, "+h", options, &at)) != -1) {
		/* clang-format off */
		switch (opt) {
		case 'i': job.stdin_path = optarg; break;
		case 'o': job.stdout_path = optarg; break;
		case 'n': count = count_parse(optarg); break;
		case 'c': id = optarg; break;
		case 'h': fputs(usage, stdout); return 0;
		default: return usage_error();
		}
		/* clang-format on */
	}
	job.argv = argv + optind;
	if (optind < argc && !strcmp(verb, "run"))
		return job_time(&job);
	if (optind < argc && !strcmp(verb, "burst") && count && id)
		return burst_time(&job, id, count);
	return usage_error();
}
