# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# scale - how long many services take to be in place, how long one change among them, and what the agent holds then.
#
# Needs node.bash, follow.bash, wire.bash.

SCALE_ENDPOINTS=10
SCALE_LARGE_SLICE=1000
SCALE_CHANGES=20
SCALE_LIMIT_S=60	# for what is compared with
# shellcheck disable=SC2034 # node.bash reads it
NODE_AGENT_START_S=120
# Twice what is needed, so that a hash is not measured at its worst.
SCALE_MAPS='.maps.services = 131072 | .maps.backends = 1048576'
SCALE_OWN=10.97.0.1	# a service of its own file, that changes

scale_measure()
{
	scale_node
	scale_empty
	scale_services 10000
	scale_services 50000
	scale_rules iptables-legacy 10000
	scale_rules iptables-nft 10000
	scale_rules nftables 1000
	scale_rules nftables 10000
}

# scale_sample WHAT MICROSECONDS [WRITES [RSS_KB]]
scale_sample()
{
	sample "$(jq -cn --arg what "$1" --argjson us "$2" --argjson writes "${3:-null}" --argjson rss "${4:-null}" \
		'{kind: "scale", what: $what, us: $us, writes: $writes, rss_kb: $rss}')"
}

scale_node()
{
	node_create scale agent >&2
	services_follow scale "$SCALE_MAPS"
}

scale_rss() { awk '/^VmRSS/ { print $2 }' "/proc/$(node_agent_pid scale)/status"; }

scale_start_us() { services_status scale '.agent.startMilliseconds * 1000'; }

# The agent's start without any object, of which every other start consists too.
scale_empty()
{
	services_follow scale
	scale_sample "byway-agent starts, no services" "$(scale_start_us)" 0 "$(scale_rss)"
}

# From cold: nothing is pinned, the files are there, the agent starts.
scale_services()
{
	local what="$1 x $SCALE_ENDPOINTS"

	progress "writing $what endpoints"
	"$SUPPORT/../bench/objects.py" "$(services_dir scale)" "$1" "$SCALE_ENDPOINTS"
	scale_put_own "$SCALE_ENDPOINTS"
	services_agent_end scale
	rm -rf "$(node_bpf_dir scale)"
	progress "$what endpoints from cold"
	services_follow scale
	scale_sample "byway $what, agent's start from cold" "$(scale_start_us)" "$(services_status scale .sync.writes)" \
		"$(scale_rss)"
	scale_sample "  of it compiling and writing" "$(services_status scale .sync.lastMicroseconds)"
	progress "$what endpoints, restart"
	services_follow scale
	scale_sample "byway $what, restart" "$(scale_start_us)" "$(services_status scale .sync.writes)" "$(scale_rss)"
	scale_change "byway $what, an endpoint comes or goes" own.json 10.200.0.5
	scale_change "  in a list of 1,000 services" slices-0.json 10.128.0.5
	scale_put_own "$SCALE_LARGE_SLICE"
	scale_change "  in a slice of $SCALE_LARGE_SLICE" own.json 10.200.0.5
	scale_sample "byway $what, after all that" null null "$(scale_rss)"
}

scale_put_own()
{
	"$SUPPORT/../bench/objects.py" one own "$SCALE_OWN" "$1" | services_put scale own.json
	sleep 1
}

# scale_change WHAT FILE ENDPOINT: it goes and comes by turns, and the median of the times stands for all.
scale_change()
{
	local before times writes

	before=$(services_status scale .sync.writes)
	times=$("$SUPPORT/../bench/change.py" "$(node_bpf_dir scale)/maps/epoch_v1" "$(services_dir scale)/$2" "$3" \
		"$SCALE_CHANGES")
	writes=$(services_status scale .sync.writes)
	scale_sample "$1" "$(sort -n <<<"$times" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }')" \
		"$(awk -v w=$((writes - before)) -v n="$SCALE_CHANGES" 'BEGIN { print w / n }')"
}

# scale_rules KIND SERVICES: kube-proxy's own, into an empty namespace
scale_rules()
{
	local what="$1, $2 x $SCALE_ENDPOINTS" table=wire_service_rules program=("$1-restore") began status=0

	[ "$1" != nftables ] || { table=wire_service_table && program=(nft -f -); }
	netns_create "scale-$1-$2"
	"$table" "$2" "$SCALE_ENDPOINTS" >"$WORK/rules"
	progress "$what"
	began=$(date +%s%N)
	netns_exec "scale-$1-$2" timeout "$SCALE_LIMIT_S" "${program[@]}" <"$WORK/rules" || status=$?
	if [ "$status" -eq 0 ]; then
		scale_sample "$what" $((($(date +%s%N) - began) / 1000))
	else
		sample "$(jq -cn --arg what "$what" --arg limit "$SCALE_LIMIT_S" --arg status "$status" '{kind: "scale", what: $what,
			failed: (if $status == "124" then "over \($limit) s" else "failed" end)}')"
	fi
	netns_delete "scale-$1-$2"
	rm "$WORK/rules"
}
