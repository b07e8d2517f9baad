#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cni_delegated_ipam - a foreign IPAM plugin gives the addresses and gets them back, in every version of the spec.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/support/cni.bash

[ -x /usr/lib/cni/host-local ] || {
	echo "no /usr/lib/cni/host-local (Debian's containernetworking-plugins)"
	exit 77
}

leases() { find "$WORK/leases" -type f -name '[0-9a-f]*[.:]*' 2>/dev/null | sed 's|.*/||' | sort; }

# ipam NAME SCRIPT: an IPAM plugin that is a few lines of shell
ipam()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$WORK/cni/$1"
	chmod +x "$WORK/cni/$1"
}

no_leases() { [ -z "$(leases)" ] || fail "leases are left: $(leases | xargs)"; }

cni_begin
pods pod_a pod_b
kept
conf ".ipam = {type: \"host-local\", dataDir: \"$WORK/leases\",
	ranges: [[{subnet: \"10.8.0.0/24\"}], [{subnet: \"fd08::/112\"}]]}" >"$WORK/conf"
foreign() { jq "${@:2}" "${1:-.}" "$WORK/conf"; }

# shellcheck disable=SC2016 # jq's variables
versions_check()
{
	local version result

	for version in 0.3.1 0.4.0 1.0.0 1.1.0; do
		claim "host-local, CNI $version"
		must ADD pod_a < <(foreign '.cniVersion = $v' --arg v "$version")
		result=$answer
		says '.cniVersion == $v and ([.ips[].address] | length == 2
			and (.[0] | test("^10[.]8[.]0[.][0-9]+/32$")) and (.[1] | test("^fd08::[0-9a-f]+/128$")))' \
			--arg v "$version"
		[ "$(leases | wc -l)" -eq 2 ] || fail "host-local has not two leases: $(leases | xargs)"
		netns_exec pod_a ping -c 1 -W 2 -q "$(node_address "$NODE" 4)" >/dev/null || fail "no answer"
		[ "$version" = 0.3.1 ] || must CHECK pod_a \
			< <(foreign '.cniVersion = $v | .prevResult = $r' --arg v "$version" --argjson r "$result")
		must DEL pod_a < <(foreign '.cniVersion = $v' --arg v "$version")
		no_leases
		nothing_left
		must DEL pod_a CNI_NETNS= < <(foreign '.cniVersion = $v' --arg v "$version")
	done
}

versions_check

claim "STATUS and GC, which host-local does not know"
must STATUS pod_a < <(foreign '.cniVersion = "1.1.0"')
must GC pod_a < <(foreign '.cniVersion = "1.1.0" | ."cni.dev/valid-attachments" = []')
nothing_left

claim "GC gives back what host-local leased for an attachment that nobody knows any more"
must ADD pod_a < <(foreign '.cniVersion = "1.1.0"')
[ "$(leases | wc -l)" -eq 2 ] || fail "host-local has not two leases: $(leases | xargs)"
must GC pod_b < <(foreign '.cniVersion = "1.1.0" | ."cni.dev/valid-attachments" = []')
no_leases
nothing_left

claim "CHECK asks host-local too"
must ADD pod_a < <(foreign)
rm "$WORK"/leases/*/10.8.* "$WORK"/leases/*/fd08*
# shellcheck disable=SC2016 # jq's variable
refused 999 host-local CHECK pod_a < <(foreign '.prevResult = $r' --argjson r "$answer")
must DEL pod_a < <(foreign)
nothing_left

claim "what fails after host-local's ADD gives the address back"
netns_exec pod_a ip link add eth0 type veth peer name other
kept
refused 101 eth0 ADD pod_a < <(foreign)
no_leases
nothing_left
netns_exec pod_a ip link del eth0
kept

claim "host-local's own failure is passed on"
refused 999 host-local ADD pod_a < <(foreign '.ipam.ranges = [[{subnet: "10.8.0.0/33"}]]') ||
	refused 103 host-local ADD pod_a < <(foreign '.ipam.ranges = [[{subnet: "10.8.0.0/33"}]]')
no_leases
nothing_left
must ADD pod_b < <(foreign '.ipam.ranges = [[{subnet: "10.8.0.0/30"}]]')
state_keep "$NODE" pod_a pod_b
refused 999 host-local ADD pod_a < <(foreign '.ipam.ranges = [[{subnet: "10.8.0.0/30"}]]')
nothing_left
must DEL pod_b < <(foreign)
no_leases
kept

claim "an IPAM plugin that fails without a word"
ipam mute 'exit 3'
refused 104 "exit status 3" ADD pod_a < <(foreign '.ipam.type = "mute"')
# shellcheck disable=SC2016 # the plugin expands it
ipam killed 'kill -9 $$'
refused 104 "signal 9" ADD pod_a < <(foreign '.ipam.type = "killed"')
claim "one that answers nonsense"
ipam nonsense 'echo hello'
refused 104 JSON ADD pod_a < <(foreign '.ipam.type = "nonsense"')
ipam nothing 'echo "{}"'
refused 104 "no address" ADD pod_a < <(foreign '.ipam.type = "nothing"')
ipam odd 'echo "{\"ips\": [{\"address\": \"10.8.0.300/24\"}]}"'
refused 7 odd ADD pod_a < <(foreign '.ipam.type = "odd"')
claim "one that is told all, reads none of it, and knows the verb"
# shellcheck disable=SC2016 # the plugin expands it
ipam blind 'env | grep ^CNI_ | sort >>'"$WORK"'/blind
[ $CNI_COMMAND != ADD ] || echo "{\"cniVersion\": \"1.0.0\", \"ips\": [{\"address\": \"10.8.0.9/24\"}]}"'
must ADD pod_a < <(foreign '.ipam.type = "blind"')
says '.ips[0].address == "10.8.0.9/32"'
must DEL pod_a < <(foreign '.ipam.type = "blind"')
for line in CNI_COMMAND=ADD CNI_COMMAND=DEL "CNI_CONTAINERID=$(container_id pod_a)" "CNI_NETNS=$(netns_path pod_a)" \
	CNI_IFNAME=eth0; do
	grep -qx -- "$line" "$WORK/blind" || fail "the IPAM plugin did not get $line"
done
nothing_left

claim "an IPAM plugin that gives two pods one address"
must ADD pod_b < <(foreign '.ipam.type = "blind"')
state_keep "$NODE" pod_a pod_b
refused 100 10.8.0.9 ADD pod_a < <(foreign '.ipam.type = "blind"')
nothing_left
