# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# variants - the networks that are measured side by side, by name.
#
# Needs node.bash, follow.bash, wire.bash and measure.bash. A new one is a name in VARIANTS and a case in
# variant_create.

VARIANTS=(direct loopback routing iptables-{legacy,nft}-{1,1000,10000}{,-service} byway)
VARIANTS_ON_REQUEST=(byway-tcx byway-clsact)
# Of the part "services": the service address is dialled, among so many services.
# shellcheck disable=SC2034 # scripts/bench reads it
VARIANTS_OF_SERVICES=(byway-{sockets,packets}-{1,1000,10000}
	{nftables,iptables-legacy,iptables-nft}-{1,1000,10000}-service)
declare -A VARIANT_CLIENT=() VARIANT_TARGET=()

# variant_set NAME CLIENT_NETNS SERVER_NETNS ADDRESS: the server runs, and one answer has come back.
variant_set()
{
	measure_serve "$3"
	variant_set_client "$1" "$2" "$4"
}

variant_set_client()
{
	VARIANT_CLIENT[$1]=$2
	VARIANT_TARGET[$1]=$3
	measure_prepare_client "$2"
	measure "$2" TCP_RR "$3" 0.1 >/dev/null
}

variant_create()
{
	local name=$1 backend services

	[ -z "${VARIANT_CLIENT[$name]:-}" ] || return 0
	case $name in
	direct)
		wire_direct direct
		variant_set direct direct-a direct-b "$WIRE_B"
		;;
	loopback)
		netns_create loopback
		netns_exec loopback ip addr add "$WIRE_B/32" dev lo	# netperf takes no 127.0.0.1 where there is nothing else
		variant_set loopback loopback loopback "$WIRE_B"
		;;
	routing)
		wire_routed routing
		variant_set routing routing-a routing-b "$WIRE_B"
		;;
	iptables-*-service)
		name=${name%-service}
		variant_create "$name"
		variant_set_client "$name-service" "$name-a" "$(wire_service_address "${name##*-}")"
		;;
	iptables-*)
		IFS=- read -r _ backend services <<<"$name"
		wire_iptables "$name" "$backend" "$services"
		variant_set "$name" "$name-a" "$name-b" "$WIRE_B"
		;;
	nftables-*-service)
		services=${name//[^0-9]/}
		wire_nftables "$name" "$services"
		measure_serve "$name-b"
		variant_set_client "$name" "$name-a" "$(wire_service_address "$services")"
		;;
	byway-sockets-* | byway-packets-*)
		variant_create_services "$name"
		;;
	byway*)
		node_create "$name"
		[ "$name" = byway ] || node_conf_set "$name" ".attach = \"${name#byway-}\""
		pod_add "$name" "$name-a"
		pod_add "$name" "$name-b"
		variant_set "$name" "$name-a" "$name-b" "$(pod_address "$name-b" 4)"
		;;
	esac
}

# A node with so many services; the last one's backend is the other pod. The agent stops when all is in place, so that
# it disturbs nobody's turn.
variant_create_services()
{
	local services=${1##*-} sockets=all

	[[ $1 != byway-packets-* ]] || sockets=off
	node_create "$1" agent
	pod_add "$1" "$1-a"
	pod_add "$1" "$1-b"
	mkdir -p "$(services_dir "$1")"
	# shellcheck disable=SC2086 # one argument a port
	"$SUPPORT/../bench/objects.py" "$(services_dir "$1")" "$services" 1 "$(pod_address "$1-b" 4)" $WIRE_SERVICE_PORTS
	services_follow "$1" ".socketServices = \"$sockets\""
	services_agent_end "$1"
	measure_serve "$1-b"
	variant_set_client "$1" "$1-a" "$(wire_service_address "$services")"
}

# The variants that a name stands for: itself, or a group such as "iptables-nft".
variants_named()
{
	local variant

	for variant in "${VARIANTS[@]}" "${VARIANTS_ON_REQUEST[@]}"; do
		if [ "$variant" = "$1" ]; then
			echo "$1"
			return
		fi
	done
	for variant in "${VARIANTS[@]}"; do
		[[ $variant != "$1"-* ]] || echo "$variant"
	done
}

# variants_choose NAME…: those, and the two that all others are compared with.
variants_choose()
{
	local variant chosen=(direct)

	[[ " $* " != *" loopback "* ]] || chosen+=(loopback)
	chosen+=(routing)
	for variant; do
		[[ " ${chosen[*]} " == *" $variant "* ]] || chosen+=("$variant")
	done
	VARIANTS=("${chosen[@]}")
}

# round_measure ROUND TEST SECONDS: a sample of every variant, one a line.
#
# The time is cut into slices and the variants take turns slice by slice, each time beginning with another one: what
# disturbs the machine for half a second then disturbs them all.
round_measure()
{
	local turn i slices variant rates=()

	slices=$(measure_slices "$3")
	for ((turn = 0; turn < slices; turn++)); do
		for ((i = 0; i < ${#VARIANTS[@]}; i++)); do
			variant=${VARIANTS[(i + turn + $1) % ${#VARIANTS[@]}]}
			rates+=("$variant $(variant_measure "$variant" "$2" "$3" "$slices")")
		done
	done
	printf '%s\n' "${rates[@]}" | awk -v round="$1" -v test="$2" -v slices="$slices" '
		{ sum[$1] += $2 }
		END {
			unit = test == "TCP_STREAM" ? "bit/s" : "transactions/s"
			for (v in sum)
				printf "{\"kind\":\"rr\",\"round\":%d,\"test\":\"%s\",\"variant\":\"%s\"," \
					"\"rate\":%.1f,\"unit\":\"%s\"}\n", round, test, v, sum[v] / slices, unit
		}'
}

# variant_measure NAME TEST SECONDS SLICES
variant_measure()
{
	measure "${VARIANT_CLIENT[$1]}" "$2" "${VARIANT_TARGET[$1]}" "$(awk -v s="$3" -v n="$4" 'BEGIN { print s / n }')"
}
