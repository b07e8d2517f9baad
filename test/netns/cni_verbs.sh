#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_verbs - every verb succeeds in each version of the spec that has it, with both ways to attach.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash
. test/support/attach.bash

# version_check: each version gets the same list; the answer's own version is the question's.
version_check()
{
	must VERSION pod_a < <(conf ".cniVersion = \"$1\"")
	says '.cniVersion == $v and .supportedVersions == ["0.3.1", "0.4.0", "1.0.0", "1.1.0"]' --arg v "$1"
}

# 0.3.x and 0.4.0 tell each address's version, 1.1.0 each interface's MTU.
result_check()
{
	says '.cniVersion == $v
		and ([.interfaces[] | select(.sandbox == $n) | .name] == ["eth0"])
		and (.interfaces[0].name | test("^veth[0-9a-f]{11}$"))
		and all(.interfaces[]; .mac | test("^([0-9a-f]{2}:){5}[0-9a-f]{2}$"))
		and ([.ips[].address] | length == 2 and (.[0] | test("^10[.]9[.].*/32$")) and (.[1] | test("^fd09:.*/128$")))
		and ([.ips[].gateway] == ["169.254.1.1", "fe80::1"])
		and ([.ips[].interface] == [1, 1])
		and (.routes == [{dst: "0.0.0.0/0", gw: "169.254.1.1"}, {dst: "::/0", gw: "fe80::1"}])
		and ([.ips[].version] == if $v < "1" then ["4", "6"] else [null, null] end)
		and ([.interfaces[].mtu] == if $v == "1.1.0" then [1500, 1500] else [null, null] end)' \
		--arg v "$1" --arg n "$(netns_path pod_a)"
}

# What the result says is what the kernel has.
kernel_check()
{
	local v4 v6 mac host

	v4=$(address 4) v6=$(address 6) host=$(host_interface)
	mac=$(jq -r '.interfaces[] | select(.name == "eth0") | .mac' <<<"$answer")
	netns_exec pod_a ip -j addr show eth0 | jq -e --arg v4 "$v4" --arg v6 "$v6" --arg mac "$mac" \
		'.[0] | .operstate == "UP" and .address == $mac and .mtu == 1500
			and any(.addr_info[]; .local == $v4 and .prefixlen == 32)
			and any(.addr_info[]; .local == $v6 and .prefixlen == 128 and (.tentative | not))' \
		>/dev/null || fail "the pod's interface is not as the result says"
	netns_exec "$NODE" ip route get "$v4" | grep -q "dev $host" || fail "no route to $v4"
	netns_exec "$NODE" ip -6 route get "$v6" | grep -q "dev $host" || fail "no route to $v6"
	netns_exec "$NODE" ip -j link show "$host" | jq -e --arg id "byway:$(container_id pod_a)/eth0" \
		'.[0] | .ifalias == $id and .address == "02:62:79:77:61:79"' >/dev/null ||
		fail "the node's interface does not say whose it is"
	netns_exec pod_a ping -c 1 -W 2 -q "$(node_address "$NODE" 4)" >/dev/null || fail "no answer over IPv4"
	netns_exec pod_a ping -c 1 -W 2 -q "$(node_address "$NODE" 6)" >/dev/null || fail "no answer over IPv6"
}

verbs_check()
{
	local version=$1 attach=$2 change previous verb

	change=".cniVersion = \"$version\" | .attach = \"$attach\""
	claim "CNI $version, attached as $attach"
	version_check "$version"
	must ADD pod_a < <(conf "$change")
	previous=$answer
	result_check "$version"
	kernel_check
	[ "$version" = 0.3.1 ] || must CHECK pod_a < <(conf "$change | .prevResult = $previous")
	if [ "$version" = 1.1.0 ]; then
		must STATUS pod_a < <(conf "$change")
		must GC pod_a < <(conf "$change | .\"cni.dev/valid-attachments\" = [
			{containerID: \"$(container_id pod_a)\", ifname: \"eth0\"}]")
		must CHECK pod_a < <(conf "$change | .prevResult = $previous")
	else
		for verb in STATUS GC; do
			refused 1 "$version" "$verb" pod_a < <(conf "$change")
		done
	fi
	[ "$version" != 0.3.1 ] || refused 1 0.3.1 CHECK pod_a < <(conf "$change | .prevResult = $previous")
	must DEL pod_a < <(conf "$change | .prevResult = $previous")
	nothing_left
}

cni_begin
pods pod_a
kept
for version in 0.3.1 0.4.0 1.0.0 1.1.0; do
	verbs_check "$version" clsact
done
! attach_kernel_has_tcx || verbs_check 1.1.0 tcx

claim "VERSION needs no configuration"
must VERSION pod_a </dev/null
says '.cniVersion == "1.1.0" and (.supportedVersions | length == 4)'
must VERSION pod_a <&-
must VERSION pod_a < <(echo junk)
must VERSION pod_a CNI_CONTAINERID= CNI_NETNS= CNI_IFNAME= CNI_PATH= < <(echo '{"cniVersion": "9.9.9"}')
nothing_left
