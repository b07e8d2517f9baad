# SPDX-License-Identifier: Apache-2.0
# plot - the report as an SVG bar chart: one panel a test, bars relative to direct, whiskers for the range.

def bar_height: 20;
def panel_width: 300;
def label_width: 200;
def x: . * (panel_width - 40) | . * 10 | round / 10;
def hundredths: . * 100 | round | "\(. / 100 | floor).\(. % 100 + 100 | tostring | .[1:])";
def text($x; $y; $more): "<text x=\"\($x)\" y=\"\($y)\" \($more)>" + (. | @html) + "</text>";
def line($x1; $y1; $x2; $y2; $class):
  "<line x1=\"\($x1)\" y1=\"\($y1)\" x2=\"\($x2)\" y2=\"\($y2)\" class=\"\($class)\"/>";

def bar($y; $scale): .of_direct as $r |
  "<rect x=\"0\" y=\"\($y + 3)\" width=\"\($r.median / $scale | x)\" height=\"\(bar_height - 6)\" class=\"" +
    (if .variant | startswith("byway") then "own" else "other" end) + "\"/>",
  line($r.min / $scale | x; $y + bar_height / 2; $r.max / $scale | x; $y + bar_height / 2; "range"),
  ($r.median | hundredths | text((([$r.max, 1] | max) / $scale | x) + 4; $y + 14; ""));

def panel($i): (.variants | map(select(.of_direct))) as $bars | ([$bars[].of_direct.max] | max) as $scale |
  "<g transform=\"translate(\(label_width + $i * panel_width),60)\">",
  (.test | text(0; -8; "class=\"title\"")),
  line(1 / $scale | x; 0; 1 / $scale | x; ($bars | length) * bar_height; "one"),
  ($bars | to_entries[] | .key as $row | .value | bar($row * bar_height; $scale)),
  (if $i == 0 then $bars | to_entries[] | .key as $row | .value.variant |
    text(-8; $row * bar_height + 14; "text-anchor=\"end\"") else empty end),
  "</g>";

(.rr | map(.variants | length) | max) as $rows |
"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(label_width + panel_width * (.rr | length))\" height=\"\(80 + $rows * bar_height)\">",
"<style>text{font:12px sans-serif;fill:#222}.title{font-weight:bold}.own{fill:#2a7f62}.other{fill:#9db4c0}" +
  ".range{stroke:#222}.one{stroke:#c44;stroke-dasharray:3 3}</style>",
"<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
("Pod to pod on one node, relative to a plain veth pair" | text(10; 20; "class=\"title\"")),
("\(.meta.tool), \(.meta.rounds) rounds of \(.meta.seconds) s, kernel \(.meta.kernel)" | text(10; 36; "")),
(.rr | to_entries[] | .key as $i | .value | panel($i)),
"</svg>"
