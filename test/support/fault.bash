# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# fault - the plugin with one of its libc calls failing, or dying there: see fault.c. Sourced after cni.bash.

# shellcheck disable=SC2034 # for who sources this
# What a verb calls, each with the errno that the kernel would give.
FAULT_CALLS=(syscall:ENOMEM sendto:ENOBUFS send:ENOBUFS sendmsg:ENOBUFS recvmsg:ENOBUFS
	recvfrom:EIO recv:EIO socket:EMFILE bind:ENOMEM connect:EAGAIN getsockname:ENOBUFS
	setsockopt:ENOBUFS open:EMFILE read:EIO write:ENOSPC rename:EIO mkdir:ENOSPC flock:ENOLCK
	setns:EPERM stat:EACCES fstat:EIO ioctl:EIO fcntl:EMFILE getrandom:EAGAIN if_nametoindex:EMFILE)
# shellcheck disable=SC2034 # for who sources this
FAULT_DELEGATE_CALLS=(pipe2:EMFILE memfd_create:EMFILE posix_spawn:ENOMEM waitpid:ECHILD read:EIO write:ENOSPC)

fault_begin()
{
	FAULT_LIBRARY=$WORK/fault.so
	FAULT_FIRED=$WORK/fault.fired
	"${CC:-cc}" -D_GNU_SOURCE -shared -fPIC -o "$FAULT_LIBRARY" test/support/fault.c -ldl || {
		echo "no C compiler for test/support/fault.c"
		exit 77
	}
	# The sanitizer's own wrappers have to come first; they call ours.
	FAULT_PRELOAD=$(ldd "$NODE_PLUGIN" | awk '/lib(a|ub)san/ { printf "%s:", $3 }')$FAULT_LIBRARY
}

# errno_number NAME
errno_number()
{
	printf '#include <errno.h>\n%s\n' "$1" | "${CC:-cc}" -E -P - | tail -n 1
}

# fault CALL N ERRNO VERB POD: ERRNO is a number, or 0 to die; configuration on stdin; then $answer, $status, and
# fault_fired says whether there was an Nth call.
fault()
{
	local call=$1 at=$2 errno=$3 variables

	shift 3
	rm -f "$FAULT_FIRED"
	variables=(LD_PRELOAD="$FAULT_PRELOAD" FAULT_CALL="$call" FAULT_AT="$at" FAULT_FIRED="$FAULT_FIRED")
	[ "$errno" -eq 0 ] || variables+=(FAULT_ERRNO="$errno")
	cni "$@" "${variables[@]}"
}

fault_fired() { [ -e "$FAULT_FIRED" ]; }
