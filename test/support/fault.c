/* SPDX-License-Identifier: Apache-2.0 */
/* fault - preloaded, makes the Nth call of one libc function fail, or the process die there. */

/*
 * LD_PRELOAD this and say in the environment FAULT_CALL (the function's name), FAULT_AT (1 = its
 * first call) and FAULT_ERRNO (a number; without it the process is killed there by SIGKILL). The
 * file FAULT_FIRED is made when it happens. Every function here may be called before the program
 * begins, and from other libraries.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static const char *call_name, *fired_path;
static unsigned long calls, fails_at;
static int fails_with; /* 0 = die */

/* libc's own, which may also be the one that fails. */
static long (*kernel_call)(long number, ...);

__attribute__((constructor)) static void fault_prepare(void)
{
	const char *at = getenv("FAULT_AT"), *with = getenv("FAULT_ERRNO");

	*(void **)&kernel_call = dlsym(RTLD_NEXT, "syscall");
	call_name = getenv("FAULT_CALL");
	fired_path = getenv("FAULT_FIRED");
	fails_at = at ? strtoul(at, NULL, 10) : 0;
	fails_with = with ? atoi(with) : 0;
}

/* fault_is_due - counts the call; true when it is the one that fails, and errno is set. */
static bool fault_is_due(const char *name)
{
	if (!call_name || strcmp(name, call_name) || ++calls != fails_at)
		return false;
	if (fired_path)
		kernel_call(SYS_mknodat, AT_FDCWD, fired_path, S_IFREG | 0600, 0);
	if (!fails_with)
		kernel_call(SYS_kill, getpid(), SIGKILL);
	errno = fails_with;
	return true;
}

/*
 * FAULT(type, name, failure, (parameters), (arguments)): the function, between the program and libc
 */
#define FAULT(type, name, failure, parameters, arguments)          \
	type name parameters                                       \
	{                                                          \
		static type(*next) parameters;                     \
                                                                   \
		if (fault_is_due(#name))                           \
			return failure;                            \
		if (!next)                                         \
			*(void **)&next = dlsym(RTLD_NEXT, #name); \
		return next arguments;                             \
	}

FAULT(ssize_t, sendto, -1,
      (int fd, const void *data, size_t len, int flags, const struct sockaddr *to,
       socklen_t to_len),
      (fd, data, len, flags, to, to_len))
FAULT(ssize_t, sendmsg, -1, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
FAULT(ssize_t, send, -1, (int fd, const void *data, size_t len, int flags), (fd, data, len, flags))
FAULT(ssize_t, recvmsg, -1, (int fd, struct msghdr *message, int flags), (fd, message, flags))
FAULT(ssize_t, recvfrom, -1,
      (int fd, void *data, size_t len, int flags, struct sockaddr *from, socklen_t *from_len),
      (fd, data, len, flags, from, from_len))
FAULT(ssize_t, recv, -1, (int fd, void *data, size_t len, int flags), (fd, data, len, flags))
FAULT(int, socket, -1, (int domain, int type, int protocol), (domain, type, protocol))
FAULT(int, bind, -1, (int fd, const struct sockaddr *address, socklen_t len), (fd, address, len))
FAULT(int, connect, -1, (int fd, const struct sockaddr *address, socklen_t len), (fd, address, len))
FAULT(int, getsockname, -1, (int fd, struct sockaddr *address, socklen_t *len), (fd, address, len))
FAULT(int, setsockopt, -1, (int fd, int level, int name, const void *value, socklen_t len),
      (fd, level, name, value, len))
FAULT(ssize_t, read, -1, (int fd, void *data, size_t len), (fd, data, len))
FAULT(ssize_t, write, -1, (int fd, const void *data, size_t len), (fd, data, len))
FAULT(int, rename, -1, (const char *from, const char *to), (from, to))
FAULT(int, mkdir, -1, (const char *path, mode_t mode), (path, mode))
FAULT(int, unlink, -1, (const char *path), (path))
FAULT(int, flock, -1, (int fd, int operation), (fd, operation))
FAULT(int, setns, -1, (int fd, int type), (fd, type))
FAULT(int, stat, -1, (const char *path, struct stat *ret), (path, ret))
FAULT(int, fstat, -1, (int fd, struct stat *ret), (fd, ret))
FAULT(int, pipe2, -1, (int ends[2], int flags), (ends, flags))
FAULT(int, memfd_create, -1, (const char *name, unsigned int flags), (name, flags))
FAULT(pid_t, waitpid, -1, (pid_t pid, int *status, int options), (pid, status, options))
FAULT(ssize_t, getrandom, -1, (void *data, size_t len, unsigned int flags), (data, len, flags))
FAULT(unsigned int, if_nametoindex, 0, (const char *name), (name))
FAULT(int, getifaddrs, -1, (struct ifaddrs * *list), (list))
FAULT(DIR *, opendir, NULL, (const char *path), (path))
FAULT(int, posix_spawn, fails_with,
      (pid_t * pid, const char *path, const posix_spawn_file_actions_t *actions,
       const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]),
      (pid, path, actions, attributes, argv, envp))

/* The variadic ones. */
int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	return fault_is_due("open") ? -1 : openat(AT_FDCWD, path, flags, mode);
}

int ioctl(int fd, unsigned long request, ...)
{
	static int (*next)(int, unsigned long, void *);
	va_list args;
	void *data;

	va_start(args, request);
	data = va_arg(args, void *);
	va_end(args);
	if (fault_is_due("ioctl"))
		return -1;
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "ioctl");
	return next(fd, request, data);
}

int fcntl(int fd, int command, ...)
{
	static int (*next)(int, int, void *);
	va_list args;
	void *data;

	va_start(args, command);
	data = va_arg(args, void *);
	va_end(args);
	if (fault_is_due("fcntl"))
		return -1;
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "fcntl");
	return next(fd, command, data);
}

/* libbpf's way to bpf(2). */
long syscall(long number, ...)
{
	long arg[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	if (fault_is_due("syscall"))
		return -1;
	return kernel_call(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}
