# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# containerd - a container runtime of a node's own, and pods that it runs as for a kubelet. After node.bash.
#
# It lives in its own mount and process namespaces: when its first process ends, all is gone that it made there.

CONTAINERD_IMAGE=byway.test/busybox:1
CONTAINERD_CGROUP=/$NETNS_PREFIX'pods'

# Prints in one line what is missing; nothing when all is there.
containerd_missing()
{
	local program missing=()

	for program in containerd ctr runc busybox curl; do
		command -v "$program" >/dev/null || missing+=("$program")
	done
	[ -x /usr/lib/cni/loopback ] || missing+=(/usr/lib/cni/loopback)
	[ ${#missing[@]} -eq 0 ] || echo "not installed: ${missing[*]}"
}

containerd_dir() { echo "$WORK/containerd"; }

containerd_socket() { echo "$(containerd_dir)/socket"; }

# containerd_start NODE CNI_CONF_DIR: it answers when this returns.
containerd_start()
{
	local dir

	dir=$(containerd_dir)
	mkdir -p "$dir/run"
	[ -d /run/containerd ] || undo_push rmdir --ignore-fail-on-non-empty /run/containerd
	mkdir -p /run/containerd	# its shims' sockets are always there: each run gets a private one over it
	ln -s /usr/lib/cni/loopback "$WORK/cni/loopback"
	containerd_configure "$dir" "$2" >"$dir/config.toml"
	containerd_image >"$dir/image.tar"
	undo_push containerd_cgroups_remove
	undo_push containerd_stop
	# shellcheck disable=SC2016 # the inner shell's
	netns_spawn "$1" unshare --mount --pid --fork --kill-child=KILL --mount-proc bash -c '
		mount --bind "$0/run" /run/containerd && exec containerd --config "$0/config.toml"
	' "$dir" >"$dir/log" 2>&1
	echo $! >"$dir/pid"
	disown $!	# or bash tells that it was killed
	wait_until 20 containerd_answers && ctr_run images import --snapshotter native "$dir/image.tar" >/dev/null && return
	tail -n 20 "$dir/log" >&2
	return 1
}

ctr_run() { ctr --address "$(containerd_socket)" --namespace k8s.io "$@"; }

containerd_answers() { ctr_run version >/dev/null 2>&1; }

containerd_configure() # DIR CNI_CONF_DIR
{
	cat <<-END
		version = 2
		root = "$1/root"
		state = "$1/state"
		disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.overlayfs"]
		[grpc]
		address = "$1/socket"
		[plugins."io.containerd.grpc.v1.cri"]
		sandbox_image = "$CONTAINERD_IMAGE"
		restrict_oom_score_adj = true
		netns_mounts_under_state_dir = true
		[plugins."io.containerd.grpc.v1.cri".containerd]
		snapshotter = "native"
		[plugins."io.containerd.grpc.v1.cri".cni]
		bin_dir = "$WORK/cni"
		conf_dir = "$2"
	END
}

# An image of one layer, with busybox, a page for its web server and nothing else; run as a sandbox it waits.
containerd_image()
{
	local dir

	dir=$(containerd_dir)/image
	mkdir -p "$dir/root/bin" "$dir/root/etc" "$dir/root/www"
	seq 20000 >"$dir/root/www/page"
	cp "$(command -v busybox)" "$dir/root/bin/busybox"
	tar -C "$dir/root" --sort=name --mtime=@0 --owner=0 --group=0 -cf "$dir/layer.tar" .
	jq -n --arg layer "sha256:$(sha256sum "$dir/layer.tar" | cut -d ' ' -f 1)" \
		--arg machine "$(containerd_machine)" '{architecture: $machine, os: "linux",
		config: {Cmd: ["/bin/busybox", "sleep", "100000"]}, rootfs: {type: "layers", diff_ids: [$layer]}}' >"$dir/config.json"
	jq -n --arg name "$CONTAINERD_IMAGE" '[{Config: "config.json", RepoTags: [$name], Layers: ["layer.tar"]}]' \
		>"$dir/manifest.json"
	tar -C "$dir" -cf - manifest.json config.json layer.tar
}

containerd_machine()
{
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) uname -m ;;
	esac
}

# The kernel ends all of a process namespace before its first process is gone, and "unshare" goes after that one.
containerd_stop()
{
	local pid

	pid=$(cat "$(containerd_dir)/pid" 2>/dev/null) || return 0
	pkill -9 -P "$pid" || true
	wait_until 10 process_is_gone "$pid" || kill -9 "$pid" || true
}

# What runc made in each hierarchy, from the innermost on; nothing runs in it any more.
containerd_cgroups_remove()
{
	find /sys/fs/cgroup -depth -type d -path "*$CONTAINERD_CGROUP*" -exec rmdir {} + 2>/dev/null || true
}

cri() { "$SUPPORT/cri.py" "$(containerd_socket)" "$@"; }

# cri_pod_run POD COMMAND…
cri_pod_run()
{
	cri run "$1" "$CONTAINERD_IMAGE" "$CONTAINERD_CGROUP" "${@:2}" >"$WORK/$1.cri.json"
}

cri_pod_exec() { cri exec "$(jq -r .container "$WORK/$1.cri.json")" "${@:2}"; }

cri_pod_remove() { cri remove "$(jq -r .sandbox "$WORK/$1.cri.json")"; }

# cri_pod_address POD 4|6
cri_pod_address()
{
	jq -r --arg version "$2" '.addresses[] | select(contains(":") == ($version == "6"))' "$WORK/$1.cri.json"
}
