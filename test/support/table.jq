# SPDX-License-Identifier: Apache-2.0
# table - the report for a person, at most 100 columns wide.

def left($n): tostring | . + (" " * ([$n - length, 0] | max) // "");
def right($n): tostring | (" " * ([$n - length, 0] | max) // "") + .;
def places($n): if . == null then "-" else
  (. * pow(10; $n) | round) as $i | ($i | fabs | tostring) as $t |
  ("0" * ([$n + 1 - ($t | length), 0] | max) // "") + $t | . as $t |
  (if $i < 0 then "-" else "" end) + $t[:($t | length) - $n] + (if $n > 0 then "." + $t[-$n:] else "" end) end;
def thousands: tostring | if length > 3 then (.[:-3] | thousands) + "," + .[-3:] else . end;
def ms: if . == null then "-" else . / 1000 | places(1) end;

def ratio: if . == null then "-" | right(22) else
  (.median | places(3)) + "  (" + (.min | places(2)) + " to " + (.max | places(2)) + ")" | right(22) end;
def rate($unit): if $unit == "bit/s" then (. / 1e9 | places(2)) + " Gbit/s" else (round | thousands) + " /s" end;

def heading: .meta |
  "\(.tool), both ends on core \(.cpu), \(.rounds) rounds of \(.seconds) s, kernel \(.kernel)",
  "median of the ratios of each round, and their range";

def rr: .unit as $unit | "",
  (.test | left(32)) + ("median" | right(14)) + ("x direct" | right(24)) + ("x kernel routing" | right(24)),
  (.variants[] | ("  " + .variant | left(32)) + (.rate.median | rate($unit) | right(14)) +
    "  " + (.of_direct | ratio) + "  " + (.of_no_rules | ratio));

def services: .unit as $unit | "",
  ("\(.test), by service" | left(34)) + ("median" | right(14)) + ("x pod to pod" | right(24)) + ("x nftables" | right(24)),
  (.variants[] | ("  " + .variant | left(34)) + (.rate.median | rate($unit) | right(14)) +
    "  " + (.of_pod | ratio) + "  " + (.of_nftables | ratio));

def scale: "",
  ("To program services" | left(52)) + ("time" | right(16)) + ("writes" | right(10)) + ("memory" | right(12)),
  (.[] | ("  " + .what | left(52)) + (if .failed then .failed elif .us then (.us | ms) + " ms" else "" end | right(16)) +
    (.writes // "" | if type == "number" then thousands else . end | right(10)) +
    (if .rss_kb then (.rss_kb / 1024 | places(1)) + " MiB" else "" end | right(12)));

def cost: "",
  ("A run of a program, as the kernel counts it" | left(52)) + ("ns" | right(16)) + ("runs" | right(12)),
  (.[] | ("  " + .what | left(34)) + (.program | left(18)) + (.ns | right(16)) + (.runs | thousands | right(12)));

def cni: "",
  ("CNI, ms" | left(22)) + (["ADD p50", "p99", "DEL p50", "p99", "above kernel p50", "failed"] | map(right(11)) | join(" ")),
  (.plugins[] | ("  " + .plugin | left(22)) + ([(.add.p50_us, .add.p99_us, .del.p50_us, .del.p99_us | ms | right(11)),
    (.del_above_kernel.p50_us | ms | right(16)), (.failed | right(6))] | join(" "))),
  "  of \(.plugins[0].add.count) each; the caller's own part, to start and await a program that does nothing: " +
    "\(.caller.p50_us | ms)",
  "  the kernel alone, to delete a veth pair that is up: p50 \(.kernel_delete.p50_us | ms), " +
    "p99 \(.kernel_delete.p99_us | ms)";

def burst: "",
  ("At once, ms" | left(22)) + (["verb", "how many", "all done", "p50", "p99", "failed"] | map(right(11)) | join(" ")),
  (.[] | ("  " + .plugin | left(22)) + ([.verb, .count, (.total_us | ms), (.p50_us | ms), (.p99_us | ms), .failed] |
    map(right(11)) | join(" ")));

(if .rr != [] or .services != [] then heading else empty end),
(.rr[] | rr),
(.services[] | services),
(if .scale != [] then .scale | scale else empty end),
(if .cost != [] then .cost | cost else empty end),
(if .cni then .cni | cni else empty end),
(if .burst != [] then .burst | burst else empty end),
(.meta.notes // [] | if . == [] then empty else "", .[] end)
