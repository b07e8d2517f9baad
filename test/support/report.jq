# SPDX-License-Identifier: Apache-2.0
# report - samples in (one object each, slurped), the figures that the table and the plot show out.
#
# A ratio is taken within one round, where both variants met the same machine, and only then the median over the rounds.

def in_order: reduce .[] as $one ([]; if any(.[]; . == $one) then . else . + [$one] end);
def median: sort | length as $n |
  if $n == 0 then null elif $n % 2 == 1 then .[($n - 1) / 2] else (.[$n / 2 - 1] + .[$n / 2]) / 2 end;
def percentile($p): sort | if length == 0 then null else .[(length * $p | ceil) - 1] end;
def spread: map(select(. != null)) | if length == 0 then null else {median: median, min: min, max: max} end;
def latency: {p50_us: percentile(0.5), p99_us: percentile(0.99), count: length};

def rates($samples):
  reduce $samples[] as $s ({}; .[$s.test][$s.variant][$s.round | tostring] = $s.rate);

def ratios($of; $to): [$of | keys[] as $round | select($to[$round]) | $of[$round] / $to[$round]] | spread;

def rr_report($samples; $variants): rates($samples) as $rates |
  [$samples | map(.test) | in_order[] as $test | {
    test: $test,
    unit: ($samples | map(select(.test == $test))[0].unit),
    variants: [$variants[] | select($rates[$test][.]) | . as $v | {
      variant: $v,
      rate: ([$rates[$test][$v][]] | spread),
      of_direct: ratios($rates[$test][$v]; $rates[$test].direct // {}),
      of_no_rules: ratios($rates[$test][$v]; $rates[$test].routing // {})
    }]
  }];

def cni_report($samples):
  ($samples | map(select(.plugin == "kernel") | {key: (.round | tostring), value: .us}) | from_entries) as $kernel |
  {
    caller: [$samples[] | select(.plugin == "caller").us] | latency,
    kernel_delete: [$kernel[]] | latency,
    plugins: [$samples | map(.plugin) | in_order[] | select(. != "kernel" and . != "caller") as $p |
      ($samples | map(select(.plugin == $p))) as $of | {
        plugin: $p,
        failed: ([$of[] | select(.exit != 0)] | length),
        add: ([$of[] | select(.verb == "ADD").us] | latency),
        del: ([$of[] | select(.verb == "DEL").us] | latency),
        del_above_kernel: ([$of[] | select(.verb == "DEL" and $kernel[.round | tostring]) |
          .us - $kernel[.round | tostring]] | latency)
      }]
  };

# As rr_report, but beside pod to pod, and beside kube-proxy's nftables mode with as many services.
def services_report($samples; $variants): rates($samples) as $rates |
  [$samples | map(.test) | in_order[] as $test | {
    test: $test,
    unit: ($samples | map(select(.test == $test))[0].unit),
    variants: [$variants[] | select($rates[$test][.]) | . as $v | {
      variant: $v,
      rate: ([$rates[$test][$v][]] | spread),
      of_pod: ratios($rates[$test][$v]; $rates[$test].byway // {}),
      of_nftables: (if $v == "byway" then null else
        ratios($rates[$test][$v]; $rates[$test]["nftables-\($v | capture("(?<n>[0-9]+)").n)-service"] // {}) end)
    }]
  }];

def burst_report: {plugin, verb, count, failed, total_us: .us} + (.each_us | latency | del(.count));

(map(select(.kind == "meta") | del(.kind)) | add) as $meta | map(select(.kind == "rr")) as $rr |
map(select(.kind == "cni")) as $cni |
{
  meta: $meta,
  rr: rr_report($rr; $meta.variants),
  cni: (if $cni == [] then null else cni_report($cni) end),
  burst: map(select(.kind == "burst") | burst_report),
  services: services_report(map(select(.kind == "services")); $meta.services // []),
  scale: map(select(.kind == "scale") | del(.kind)),
  cost: map(select(.kind == "cost") | del(.kind)),
  samples: map(select(.kind != "meta"))
}
