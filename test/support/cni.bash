# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# cni - the plugin's verbs one by one, with any environment and configuration, and what they must answer.
#
#	. test/support/cni.bash
#	cni_begin			# the node node_1; undone at the end
#	pods pod_a
#	claim "a pod with one address"
#	must ADD pod_a < <(conf '.cniVersion = "1.1.0"')
#	says '.ips | length == 1'
#	refused 4 CNI_IFNAME ADD pod_a CNI_IFNAME=a/b < <(conf)
#	nothing_left

# shellcheck source=test/support/node.bash
. "$(dirname "${BASH_SOURCE[0]}")/node.bash"
# shellcheck source=test/support/state.bash
. "$SUPPORT/state.bash"

NODE=node_1
PODS=()
CLAIM=
answer='' status=0

# cni_begin [FILTER [standalone|agent]]: the node, its configuration changed by the jq filter, and the datapath loaded:
# from here on ADD and DEL of a pod must leave nothing.
cni_begin()
{
	undo_at_exit
	node_create "$NODE" "${2:-standalone}"
	[ -z "${1:-}" ] || node_conf_set "$NODE" "$1"
	pods pod_first
	must ADD pod_first < <(conf)
	must DEL pod_first < <(conf)
	netns_delete pod_first
	PODS=()
	kept
}

# pods NAME…: namespaces, yet without a network.
pods()
{
	local pod

	for pod; do
		netns_create "$pod"
		PODS+=("$pod")
	done
}

# kept: nothing_left means "as it is now".
kept() { state_keep "$NODE" "${PODS[@]}"; }

claim() { CLAIM=$1; }

fail()
{
	echo "does not hold: ${CLAIM:+$CLAIM: }$1"
	[ ! -s "$WORK/stderr" ] || tail -n 30 "$WORK/stderr"
	exit 1
}

# conf [FILTER [ARGUMENT…]]: the node's configuration, changed by a jq filter.
conf() { jq "${@:2}" "${1:-.}" "$(node_conf "$NODE")"; }

# cni VERB POD [VARIABLE=VALUE…]: configuration on stdin; then $answer and $status.
cni()
{
	local verb=$1 pod=$2

	shift 2
	status=0
	netns_exec "$NODE" env -i PATH="$PATH" CNI_COMMAND="$verb" CNI_CONTAINERID="$(container_id "$pod")" \
		CNI_NETNS="$(netns_path "$pod")" CNI_IFNAME=eth0 CNI_PATH="$WORK/cni:/usr/lib/cni" "$@" \
		"$WORK/cni/byway" >"$WORK/answer" 2>"$WORK/stderr" || status=$?
	answer=$(<"$WORK/answer")
}

container_id() { echo "$NETNS_PREFIX$1"; }

# must VERB POD [VARIABLE=VALUE…]: it succeeds; ADD and VERSION print one document, the others nothing.
must()
{
	cni "$@"
	[ "$status" -eq 0 ] || fail "$1 of $2 ended with $status: $answer"
	case $1 in
	ADD | VERSION) one_document || fail "$1 of $2 printed: $answer" ;;
	*) [ -z "$answer" ] || fail "$1 of $2 printed: $answer" ;;
	esac
}

# refused CODE TEXT VERB POD [VARIABLE=VALUE…]: it fails with one error document of this code that holds the text.
refused()
{
	local code=$1 text=$2

	shift 2
	cni "$@"
	[ "$status" -eq 1 ] || fail "$1 of $2 ended with $status: $answer"
	one_document || fail "$1 of $2 printed: $answer"
	jq -e --argjson code "$code" --arg text "$text" \
		'.code == $code and (.msg | contains($text)) and (.cniVersion | test("^[01][.]"))' \
		<<<"$answer" >/dev/null || fail "code $code and '$text' expected, not $answer"
}

one_document() { jq -es 'length == 1 and (.[0] | type == "object")' "$WORK/answer" >/dev/null 2>&1; }

# says FILTER [ARGUMENT…]: a jq filter that is true of the answer.
says()
{
	jq -e "${@:2}" "$1" <<<"$answer" >/dev/null || fail "not so: $1: $answer"
}

nothing_left()
{
	state_is_kept "$NODE" "${PODS[@]}" || fail "${1:-something is left}"
}

# address 4|6: of the answer, without its prefix length
address()
{
	jq -r --arg version "$1" '.ips[].address | select(contains(":") == ($version == "6")) | split("/")[0]' \
		<<<"$answer"
}

# host_interface: of the answer
host_interface() { jq -r '[.interfaces[] | select(.sandbox == null)] | last | .name' <<<"$answer"; }
