# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# witness - what has reached a namespace's network stack, seen by netfilter there, whatever it was.

# witness_place NETNS: from now on
witness_place()
{
	netns_exec "$1" nft -f - <<-'END'
		table inet witness {
			counter received { }
			chain received {
				type filter hook prerouting priority raw; policy accept;
				iifname != "lo" counter name received
			}
		}
		table arp witness {
			counter received { }
			chain received {
				type filter hook input priority 0; policy accept;
				counter name received
			}
		}
	END
}

# witness NETNS: packets and ARP messages received on any interface but lo
witness()
{
	netns_exec "$1" nft -j list counters | jq '[.nftables[].counter | values | select(.table == "witness").packets] | add'
}
