# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# expect - claims of a netns test: each is a sentence, all are tried, and the test's status says whether all held.

EXPECT_FAILED=0

# expect_ok SENTENCE COMMAND [ARGUMENT…]: the command's output is shown when it fails.
expect_ok()
{
	local output

	if output=$("${@:2}" 2>&1); then
		echo "ok: $1"
		return
	fi
	printf 'NOT OK: %s\n%s\n' "$1" "$output" | tail -n 30
	EXPECT_FAILED=$((EXPECT_FAILED + 1))
}

# expect_fails SENTENCE COMMAND [ARGUMENT…]
expect_fails()
{
	expect_ok "$1" expect_not "${@:2}"
}

expect_not() { ! "$@"; }

# expect_status STATUS SENTENCE COMMAND [ARGUMENT…]
expect_status()
{
	expect_ok "$2" expect_exit "$1" "${@:3}"
}

expect_exit()
{
	local status=0

	"${@:2}" || status=$?
	[ "$status" -eq "$1" ] && return
	echo "exit status $status, not $1"
	return 1
}

# expect_equal SENTENCE GOT WANTED
expect_equal()
{
	expect_ok "$1" expect_same "$2" "$3"
}

expect_same()
{
	[ "$1" = "$2" ] && return
	printf 'got:    %s\nwanted: %s\n' "$1" "$2"
	return 1
}

# The last line of a test.
expect_end()
{
	[ "$EXPECT_FAILED" -eq 0 ] || echo "$EXPECT_FAILED claims do not hold"
	exit $((EXPECT_FAILED > 0))
}
