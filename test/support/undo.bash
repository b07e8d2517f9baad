# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# undo - what a script made and takes away again, newest first, however it ends.

UNDO=()

# From here on whatever undo_push collects runs when the script ends, also by Ctrl-C.
undo_at_exit()
{
	trap undo_all EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# undo_push COMMAND [ARGUMENT…]: must be quiet and succeed when there is nothing left to do.
undo_push()
{
	UNDO+=("$(printf '%q ' "$@")")
}

undo_all()
{
	local i

	trap '' HUP INT TERM
	for ((i = ${#UNDO[@]} - 1; i >= 0; i--)); do
		eval "${UNDO[i]}" || true
	done
	UNDO=()
}

# Prints what is still to be done, in order, and forgets it: someone else will do it.
undo_hand_over()
{
	local i

	for ((i = ${#UNDO[@]} - 1; i >= 0; i--)); do
		echo "${UNDO[i]}"
	done
	UNDO=()
}

# process_end PID: ends a process and waits until it is gone.
process_end()
{
	kill "$1" 2>/dev/null || return 0
	wait_until 5 process_is_gone "$1" || kill -9 "$1" 2>/dev/null || true
}

process_is_gone()
{
	! kill -0 "$1" 2>/dev/null || [ "$(ps -o stat= -p "$1" | cut -c 1)" = Z ]
}

# wait_until SECONDS COMMAND [ARGUMENT…]: false when the command has not succeeded in time.
wait_until()
{
	local deadline=$((SECONDS + $1 + 1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.02
	done
}
