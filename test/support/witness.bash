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

# netfilter_place NODE RANGE4 RANGE6: counts, from now on, what the node's netfilter and conntrack see of pods
netfilter_place()
{
	netns_exec "$1" nft -f - <<-END
		table inet netfilter_witness {
			counter seen { }
			set pods4 { type ipv4_addr; flags interval; elements = { $2 }; }
			set pods6 { type ipv6_addr; flags interval; elements = { $3 }; }
			chain early { type filter hook prerouting priority raw; jump count; }
			chain through { type filter hook forward priority 0; jump count; }
			chain out { type filter hook postrouting priority 0; jump count; }
			chain count {
				ct state new,established,related
				ip saddr @pods4 counter name seen
				ip daddr @pods4 counter name seen
				ip6 saddr @pods6 counter name seen
				ip6 daddr @pods6 counter name seen
			}
		}
	END
}

netfilter_seen() # NODE
{
	netns_exec "$1" nft -j list counters |
		jq '[.nftables[].counter | values | select(.table == "netfilter_witness").packets] | add'
}
