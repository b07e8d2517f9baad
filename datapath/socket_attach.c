/* SPDX-License-Identifier: Apache-2.0 */
/* socket_attach - the programs on the sockets below a cgroup, by links that are pinned. */
#include "socket_attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cgroup.h"
#include "paths.h"

struct socket_hook {
	const char *name;
	enum bpf_attach_type type;
};

static const struct socket_hook hooks[SOCKET_HOOK_COUNT] = {
#define X(name, type) { #name, type },
	SOCKET_HOOKS(X)
#undef X
};

static struct byway_path pin_path(const char *bpf_dir, const char *hook)
{
	struct byway_path path;

	snprintf(path.text, sizeof(path.text), "%.*s/links/%s", BYWAY_DIR_MAX, bpf_dir, hook);
	return path;
}

/* The cgroup that the link is on; 0 when there is no link, or its cgroup is gone. */
static uint64_t link_cgroup(int link)
{
	struct bpf_link_info info = {};
	uint32_t len = sizeof(info);

	if (link < 0 || bpf_obj_get_info_by_fd(link, &info, &len) < 0 ||
	    info.type != BPF_LINK_TYPE_CGROUP)
		return 0;
	return info.cgroup.cgroup_id;
}

static int link_pin(int link, const char *pin, struct error *err)
{
	struct byway_path beside;

	snprintf(beside.text, sizeof(beside.text), "%.*s_new", BYWAY_DIR_MAX, pin);
	unlink(beside.text);
	if (bpf_obj_pin(link, beside.text) < 0)
		return error_set(err, -errno, "pin '%s'", beside.text);
	if (rename(beside.text, pin) < 0) {
		int rc = -errno;

		unlink(beside.text);
		return error_set(err, rc, "pin '%s'", pin);
	}
	return 0;
}

/* On another cgroup than before, the new link comes first: for a moment both run. */
static int hook_attach(const struct socket_hook *hook, const char *bpf_dir, int cgroup, uint64_t id,
		       struct error *err)
{
	struct byway_path pin = pin_path(bpf_dir, hook->name);
	CLEANUP(fd_close) int program = bpf_obj_get(program_path(bpf_dir, hook->name).text);
	CLEANUP(fd_close) int old = bpf_obj_get(pin.text);
	int rc;

	if (program < 0)
		return error_set(err, -errno, "open the program '%s'", hook->name);
	if (link_cgroup(old) == id && bpf_link_update(old, program, NULL) == 0)
		return 0;

	CLEANUP(fd_close) int link = bpf_link_create(program, cgroup, hook->type, NULL);

	if (link < 0)
		return error_set(err, -errno, "attach '%s' to the cgroup", hook->name);
	if ((rc = link_pin(link, pin.text, err)))
		return rc;
	if (old >= 0)
		bpf_link_detach(old);
	return 0;
}

int socket_attach(const char *bpf_dir, const char *cgroup_dir, struct error *err)
{
	CLEANUP(fd_close) int cgroup = open(cgroup_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t id = 0;
	int rc;

	if (cgroup < 0)
		return error_set(err, -EINVAL, "open the cgroup '%s'", cgroup_dir);
	if ((rc = cgroup_id(cgroup, &id)))
		return rc == -ENOTSUP ?
			       error_say(err, -EINVAL, "'%s' is not on a cgroup2", cgroup_dir) :
			       error_set(err, rc, "look at the cgroup '%s'", cgroup_dir);
	for (size_t i = 0; i < SOCKET_HOOK_COUNT; i++)
		if ((rc = hook_attach(&hooks[i], bpf_dir, cgroup, id, err)))
			return rc;
	return 0;
}

/* What begins a translation goes first. */
unsigned int socket_detach(const char *bpf_dir)
{
	unsigned int count = 0;

	for (size_t i = SOCKET_HOOK_COUNT; i-- > 0;) {
		struct byway_path pin = pin_path(bpf_dir, hooks[i].name);
		CLEANUP(fd_close) int link = bpf_obj_get(pin.text);

		if (link < 0)
			continue;
		bpf_link_detach(link);
		count += unlink(pin.text) == 0;
	}
	return count;
}

unsigned int socket_attached(const char *bpf_dir)
{
	unsigned int count = 0;

	for (size_t i = 0; i < SOCKET_HOOK_COUNT; i++) {
		CLEANUP(fd_close) int link = bpf_obj_get(pin_path(bpf_dir, hooks[i].name).text);

		count += link_cgroup(link) != 0;
	}
	return count;
}
