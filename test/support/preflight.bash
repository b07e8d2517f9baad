# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# preflight - may this script do what it needs: namespaces and BPF? Tries for real and changes nothing.

# Prints in one line what is missing; nothing when all is there.
preflight_missing()
{
	local missing=()

	if [ "$(id -u)" -ne 0 ]; then
		echo "root (run it with sudo)"
		return
	fi
	unshare -n true 2>/dev/null || missing+=("the right to make network namespaces (CAP_SYS_ADMIN)")
	unshare -m mount -t bpf bpf /sys/fs/bpf 2>/dev/null || missing+=("the right to mount bpffs")
	preflight_bpf || missing+=("the bpf() system call (a kernel with BPF, CAP_BPF, no seccomp filter against it)")
	[ -r /sys/kernel/btf/vmlinux ] || missing+=("the kernel's type information (/sys/kernel/btf/vmlinux)")
	[ ${#missing[@]} -eq 0 ] || printf '%s\n' "${missing[@]}" | paste -s -d ';'
}

# BPF_MAP_CREATE of an array with one element, by perl-base, which every Debian has: before anything is installed.
preflight_bpf()
{
	local number

	case $(uname -m) in
	x86_64) number=321 ;;
	aarch64 | riscv64) number=280 ;;
	*) return 0 ;;	# the build will tell
	esac
	perl -e 'my $attr = pack("L4 x112", 2, 4, 4, 1); exit(syscall($ARGV[0] + 0, 0, $attr, 128) < 0);' "$number"
}
