#include <stddef.h>

#include "report/sections.h"

/* Colours: no red beside green, and a pattern besides each colour. Black on
 * white on paper. */
const char *const report_style[] = {
    ":root{--page:#f3f5f8;--card:#fff;--ink:#17212e;--soft:#5b6878;"
    "--line:#e1e6ec;--faint:#eef1f5;--accent:#1d5fae;--done:#2f74c0;"
    "--kept:#a8c8ea;--drift:#c8951a;--failed:#d9661f;--conflict:#7d55b5;"
    "--unknown:#414d5c;--open:#fff;--mark:#ffffff8c;--edge:#8a97a6;"
    "--good:#1d5fae;--mixed:#b4560f;--stop:#8f2350}\n",
    "@media(prefers-color-scheme:dark){:root{--page:#10151b;--card:#19202a;"
    "--ink:#e7ecf2;--soft:#9aa7b6;--line:#2b3542;--faint:#212a36;"
    "--accent:#7fb5f0;--done:#4f94de;--kept:#2f4f73;--drift:#d9a93a;"
    "--failed:#e58246;--conflict:#a583dc;--unknown:#8793a3;--open:#19202a;"
    "--mark:#10151b99;--edge:#6b7888;--good:#7fb5f0;--mixed:#f0a064;"
    "--stop:#f08cb4}}\n",
    "*{box-sizing:border-box}\n",
    "html{-webkit-text-size-adjust:100%;text-size-adjust:100%}\n",
    "body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 "
    "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,"
    "\"Liberation Sans\",sans-serif;overflow-wrap:anywhere}\n",
    "main{max-width:1080px;margin:0 auto;padding:28px 20px 40px}\n",
    "header,section{background:var(--card);border:1px solid var(--line);"
    "border-radius:12px;padding:22px 26px;margin:0 0 18px}\n",
    "h1{font-size:27px;line-height:1.25;font-weight:650;letter-spacing:"
    "-.012em;margin:0;text-wrap:balance}\n",
    "h2{font-size:17px;line-height:1.3;font-weight:650;margin:0 0 14px}\n",
    "h3{font-size:13px;font-weight:600;color:var(--soft);margin:18px 0 6px}\n",
    "p{margin:0}\n",
    "small{font-size:13px;color:var(--soft)}\n",
    ".kicker{font-size:13px;color:var(--soft);margin:0 0 14px}\n",
    ".verdict{display:flex;gap:16px;align-items:flex-start}\n",
    ".verdict>div{min-width:0;padding-top:2px}\n",
    ".symbol{width:40px;height:40px;flex:none}\n",
    ".good .symbol{color:var(--good)}.mixed .symbol{color:var(--mixed)}"
    ".stopped .symbol{color:var(--stop)}\n",
    ".solid{fill:currentColor;stroke:currentColor;stroke-width:3}"
    ".sign{stroke:var(--card);stroke-width:4.5;stroke-linecap:round}\n",
    ".reason{margin-top:8px;color:var(--soft)}\n",
    ".keys{list-style:none;display:grid;grid-template-columns:repeat(5,1fr);"
    "gap:0;margin:22px 0 0;padding:0;border-top:1px solid var(--line);"
    "border-bottom:1px solid var(--line)}\n",
    ".keys li{padding:14px 16px;border-left:1px solid var(--line)}\n",
    ".keys li:first-child{border-left:0;padding-left:0}\n",
    ".keys b{display:block;font-size:24px;line-height:1.2;font-weight:600;"
    "letter-spacing:-.01em;font-variant-numeric:tabular-nums}\n",
    ".keys span{font-size:13px;color:var(--soft)}\n",
    ".facts{list-style:none;padding:0;margin:0;display:grid;grid-template-"
    "columns:repeat(3,1fr);"
    "gap:12px 28px}\n",
    ".label{display:block;font-size:13px;color:var(--soft)}\n",
    "header .facts{margin-top:18px}\n",
    ".wide{grid-column:span 2}\n",
    ".hash,.hashes span+span,.id,pre,.options span+span{font:13px/1.5 "
    "ui-monospace,"
    "SFMono-Regular,Menlo,Consolas,\"Liberation Mono\",monospace}\n",
    ".hashes{grid-template-columns:1fr}\n",
    ".options{grid-template-columns:repeat(4,1fr);gap:10px 28px}\n",
    ".note{font-size:13px;color:var(--soft);margin-top:12px}\n",
    ".step::first-letter{text-transform:uppercase}\n",
    ".step{margin:0 0 6px}.step~.step{margin-top:16px}\n",
    "pre{margin:0;padding:11px 14px;background:var(--faint);"
    "border-radius:8px;white-space:pre-wrap}\n",
    ".bar{display:block;width:100%;height:34px;border-radius:7px}\n",
    ".statuses{list-style:none;margin:16px 0 0;padding:0;display:grid;"
    "grid-template-columns:1fr 1fr;gap:0 44px}\n",
    ".statuses li{display:grid;grid-template-columns:18px 1fr auto 64px;"
    "gap:12px;align-items:baseline;padding:8px 0;"
    "border-top:1px solid var(--line)}\n",
    ".statuses li:nth-child(-n+2){border-top:0}\n",
    ".swatch{width:18px;height:14px;border-radius:3px;align-self:center}\n",
    ".statuses b{font-weight:600}.statuses b,.n{font-variant-numeric:"
    "tabular-nums}\n",
    ".share{text-align:right;color:var(--soft);"
    "font-variant-numeric:tabular-nums}\n",
    "table{border-collapse:collapse;width:100%}\n",
    "th,td{text-align:left;vertical-align:baseline;padding:7px 14px 7px 0;"
    "font-weight:400}\n",
    "th:last-child,td:last-child{padding-right:0}\n",
    "thead th{font-size:13px;color:var(--soft);padding-top:0}\n",
    ".n,thead .n{text-align:right;white-space:nowrap}\n",
    ".plot{vertical-align:middle}\n",
    "tbody tr{border-top:1px solid var(--line)}\n",
    ".failures .n{width:76px}\n",
    ".failures .id{width:30%}\n",
    ".failures .kind th{padding-top:11px;padding-bottom:4px}\n",
    ".kind div{display:flex;gap:16px;justify-content:space-between}\n",
    ".kind span{min-width:0}.kind b{font-weight:650}.kind div "
    "b:last-child{white-space:nowrap}\n",
    ".failures .kind{border-top:1px solid var(--line)}\n",
    ".failures .example,.failures .rest{border-top:0}\n",
    ".failures .example td,.failures .rest td{padding-top:2px;"
    "padding-bottom:2px;font-size:14px}\n",
    ".failures .example .n,.rest td{color:var(--soft)}\n",
    ".failures tbody tr:last-child td{padding-bottom:12px}\n",
    ".failures .id{font-size:13px}\n",
    ".column{font-weight:400;color:var(--soft)}\n",
    ".column::before{content:\"· \"}\n",
    ".tag{display:inline-block;font-size:12px;line-height:18px;"
    "font-weight:500;padding:0 8px;margin-left:6px;border-radius:9px;"
    "background:var(--faint);color:var(--soft);white-space:nowrap}\n",
    ".again{color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent);"
    "background:none}\n",
    ".changes th{width:1%;white-space:nowrap}\n",
    ".changes .plot{width:auto}\n",
    ".changes .n{width:1%}\n",
    "svg.row{display:block;width:100%;height:14px;border-radius:3px}\n",
    ".changes .value{border-top:0}.changes .value td{padding-top:0}\n",
    ".value div{display:grid;grid-template-columns:minmax(70px,max-content) "
    "minmax(0,26%) minmax(0,1fr);gap:0 14px;align-items:baseline;"
    "font-size:14px}\n",
    ".value .n,.pair>:first-child{width:auto;color:var(--soft)}\n",
    ".score b{font-size:24px;font-weight:600;letter-spacing:-.01em}\n",
    ".score{margin-bottom:12px}\n",
    "figure{margin:0 0 18px}\n",
    "figcaption{font-size:13px;color:var(--soft);margin:0 0 6px;"
    "display:flex;flex-wrap:wrap;gap:2px 18px;align-items:center}\n",
    "figcaption b{color:var(--ink);font-weight:600;font-size:14px}\n",
    ".legend{display:inline-flex;gap:7px;align-items:center}\n",
    ".legend svg{width:26px;height:12px}\n",
    ".frame{display:grid;grid-template-columns:48px 1fr;gap:10px}\n",
    ".y{display:flex;flex-direction:column;justify-content:space-between;"
    "text-align:right;font-size:12px;line-height:12px;margin:-6px 0;"
    "color:var(--soft);font-variant-numeric:tabular-nums}\n",
    ".frame .plot{display:grid;height:170px;"
    "border-top:1px solid var(--line);border-bottom:1px solid "
    "var(--edge)}\n",
    ".frame .plot>svg{grid-area:1/1;display:block;width:100%;height:100%}\n",
    ".low .frame .plot{height:80px}\n",
    ".low .y span:nth-child(2){visibility:hidden}\n",
    ".x{display:flex;justify-content:space-between;font-size:12px;"
    "color:var(--soft);margin:-12px 0 12px 58px}\n",
    ".lane{display:block;margin:10px 0 0 58px}\n",
    ".lane p{font-size:13px;color:var(--soft);margin:0 0 2px}\n",
    "svg.marks{display:block;width:100%;height:16px;border-bottom:1px solid "
    "var(--edge)}\n",
    ".grid{stroke:var(--line)}\n",
    "path,.legend line{fill:none;stroke-width:1.75;stroke-linejoin:round;"
    "vector-effect:non-scaling-stroke}\n",
    ".rows{stroke:var(--done)}\n",
    ".calls path,path.calls,line.calls{stroke:var(--ink);stroke-width:1.25;"
    "stroke-dasharray:5 3}\n",
    ".limit{stroke:var(--failed);stroke-dasharray:1.5 3}\n",
    "path.area{fill:var(--done);fill-opacity:.16;stroke:none}\n",
    ".band{fill:url(#p-wait);opacity:.55}\n",
    ".wait{fill:url(#p-wait)}\n",
    ".f-done{fill:var(--done)}.f-kept{fill:var(--kept)}"
    ".f-drift{fill:url(#p-drift)}.f-failed{fill:url(#p-failed)}"
    ".f-conflict{fill:url(#p-conflict)}.f-unknown{fill:url(#p-unknown)}"
    ".f-open{fill:url(#p-open)}.f-cleared{fill:url(#p-cleared)}\n",
    ".c-drift{fill:var(--drift)}.c-failed{fill:var(--failed)}"
    ".c-conflict{fill:var(--conflict)}.c-unknown{fill:var(--unknown)}"
    ".c-open{fill:var(--open)}.c-done{fill:var(--done)}"
    ".c-mark{fill:var(--mark)}.c-edge{fill:var(--edge)}\n",
    ".calls .plot{width:38%;padding-left:14px}\n",
    ".calls thead .plot span:last-child{float:right}\n",
    "svg.range{display:block;width:100%;height:16px}\n",
    ".range .track{y:7.5px;height:1px;fill:var(--line)}\n",
    ".to-max{y:7px;height:2px;fill:var(--edge)}\n",
    ".to-p99{y:5px;height:6px;fill:var(--kept)}\n",
    ".to-p95{y:3px;height:10px;fill:var(--done)}\n",
    ".at-p50{y:1px;height:14px;fill:var(--ink)}\n",
    ".counts{list-style:none;margin:14px 0 0;padding:14px 0 0;display:flex;"
    "flex-wrap:wrap;gap:6px 32px;border-top:1px solid var(--line);"
    "color:var(--soft)}\n",
    ".counts b{color:var(--ink);font-weight:600;"
    "font-variant-numeric:tabular-nums}\n",
    "footer{font-size:13px;color:var(--soft);padding:0 4px}\n",
    ".shapes{position:absolute;width:0;height:0}\n",
    ".paper{display:none}\n",
    "@media(max-width:720px){\n",
    "main{padding:14px 12px 28px}\n",
    "header,section{padding:16px;border-radius:10px;margin-bottom:12px}\n",
    "h1{font-size:22px}\n",
    ".symbol{width:32px;height:32px}.verdict{gap:12px}\n",
    ".keys{grid-template-columns:1fr 1fr}\n",
    ".keys li{padding:10px 12px;border-left:0;border-top:1px solid "
    "var(--line)}\n",
    ".keys li:nth-child(odd){padding-left:0}\n",
    ".keys li:nth-child(even){border-left:1px solid var(--line)}\n",
    ".keys li:nth-child(-n+2){border-top:0}\n",
    ".keys b{font-size:20px}\n",
    ".facts,.statuses{grid-template-columns:1fr}\n",
    ".statuses li:nth-child(2){border-top:1px solid var(--line)}\n",
    ".options{grid-template-columns:1fr 1fr}\n",
    ".wide{grid-column:auto}\n",
    ".failures thead{display:none}\n",
    ".failures,.failures tbody{display:block}\n",
    ".failures tr{display:grid;grid-template-columns:"
    "minmax(56px,max-content) minmax(0,1fr)}\n",
    ".failures td,.failures th{padding-right:10px}\n",
    ".failures .n,.failures .id{width:auto}"
    ".failures .kind th{grid-column:1/-1;padding-right:0}\n",
    ".failures .example td:last-child{grid-column:2;padding-top:0}\n",
    ".calls thead{display:none}.calls,.calls tbody{display:block}\n",
    ".calls tr{display:grid;grid-template-columns:"
    "repeat(4,minmax(0,1fr));gap:4px 10px;padding:8px 0}\n",
    ".calls th,.calls td{padding:0;font-size:14px;text-align:left}\n",
    ".calls th{grid-column:span 2}.calls th+td{grid-column:span 2;"
    "text-align:right}\n",
    ".calls .plot{width:auto;grid-column:1/-1}\n",
    ".calls td.n+.n::before{content:attr(title);display:block;"
    "font-size:12px;color:var(--soft)}\n",
    ".changes thead{display:none}.changes,.changes tbody{display:block}\n",
    ".changes tr{display:flex;flex-wrap:wrap;gap:2px 14px;padding:7px 0}\n",
    ".changes th,.changes td,.changes "
    ".n{width:auto;padding:0;white-space:normal}\n",
    ".changes th{flex:1 1 40%}.changes .plot{order:1;flex:1 0 100%}\n",
    ".changes .value{padding:0 0 7px}.value td{flex:1}\n",
    ".value div{grid-template-columns:max-content minmax(0,1fr)}"
    ".value .pair{grid-column:1/-1}\n",
    ".changes tbody td.n::before{content:attr(title) \" \";"
    "color:var(--soft)}\n",
    ".frame{grid-template-columns:34px 1fr;gap:8px}\n",
    ".x,.lane{margin-left:42px}\n",
    ".minor{display:none}\n",
    ".frame .plot{height:140px}\n",
    "}\n",
    "@media print{\n",
    "@page{size:auto;margin:11mm}\n",
    ":root{--page:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#ccc;"
    "--faint:#f3f3f3;--accent:#1d5fae;--done:#2f74c0;--kept:#a8c8ea;"
    "--drift:#c8951a;--failed:#d9661f;--conflict:#7d55b5;--unknown:#414d5c;"
    "--open:#fff;--mark:#ffffff8c;--edge:#777;--good:#1d5fae;"
    "--mixed:#b4560f;--stop:#8f2350}\n",
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}\n",
    "body{font-size:9px;line-height:1.35}\n",
    "main{max-width:none;padding:0}\n",
    "header,section{border:0;border-radius:0;padding:0;margin:0 0 11px}\n",
    "h1{font-size:17px}h2{font-size:11px;margin-bottom:4px;"
    "break-after:avoid}h3{font-size:9px;margin:6px 0 2px}\n",
    ".symbol{width:26px;height:26px}\n",
    ".keys{margin-top:8px}.keys li{padding:5px 10px}.keys b{font-size:14px}"
    ".keys span,small,.note,.kicker,.label,thead th,figcaption,.lane p,"
    ".counts,footer,.failures .example td,.failures .rest td,.value "
    "div{font-size:8px}"
    "figcaption b{font-size:9px}.score b{font-size:14px}\n",
    ".kicker{margin-bottom:5px}\n",
    ".facts{gap:4px 16px}header .facts{margin-top:7px}.options{gap:2px 16px}\n",
    ".hash,.hashes span+span,.id,.failures .id,pre,.options "
    "span+span{font-size:7.5px}\n",
    ".options li:nth-child(n+37){display:none}\n",
    ".options li,.hashes li{display:flex;gap:7px}.options,.hashes{gap:1px "
    "16px}\n",
    ".options span{white-space:nowrap}.options span+span{overflow:hidden;"
    "text-overflow:ellipsis}\n",
    "pre{padding:4px 7px;max-height:80px;overflow:hidden}\n",
    ".step{margin-bottom:2px}.step~.step{margin-top:5px}.note{margin-top:3px}"
    "\n",
    ".bar{height:16px}.statuses{margin-top:4px}.statuses li{padding:2px 0}"
    ".swatch{height:9px}\n",
    "th,td{padding-top:2px;padding-bottom:2px}svg.row{height:8px}\n",
    ".failures .kind th{padding-top:3px;"
    "padding-bottom:1px}.failures tbody tr:last-child td{padding-bottom:3px}"
    "\n",
    ".failures .example td,.failures .rest td{padding-top:0;"
    "padding-bottom:0}\n",
    ".tag{font-size:7px;line-height:10px;padding:0 5px}\n",
    ".frame .plot{height:76px}.low .frame "
    ".plot{height:40px}.y,.x{font-size:7px}\n",
    "figure{margin-bottom:9px}.x{margin:-6px 0 5px 58px}.lane{margin-top:2px}"
    ".lane p{margin:0;line-height:9px}svg.marks{height:7px}\n",
    "figure,.failures tbody,tr,.lane,header,pre{break-inside:avoid}\n",
    ".counts{margin-top:4px;padding-top:4px;gap:2px 18px}\n",
    ".screen{display:none!important}.paper{display:block}\n",
    "}\n",
    NULL,
};

const char *const report_shapes =
    "<svg class=\"shapes\" aria-hidden=\"true\"><defs>\n"
    "<pattern id=\"p-failed\" width=\"7\" height=\"7\" "
    "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
    "<rect width=\"7\" height=\"7\" class=\"c-failed\"/>"
    "<rect width=\"2.5\" height=\"7\" class=\"c-mark\"/></pattern>\n"
    "<pattern id=\"p-drift\" width=\"6\" height=\"6\" "
    "patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" "
    "class=\"c-drift\"/><rect width=\"6\" height=\"2\" class=\"c-mark\"/>"
    "</pattern>\n"
    "<pattern id=\"p-conflict\" width=\"6\" height=\"6\" "
    "patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" "
    "class=\"c-conflict\"/><circle cx=\"3\" cy=\"3\" r=\"1.5\" "
    "class=\"c-mark\"/></pattern>\n"
    "<pattern id=\"p-unknown\" width=\"7\" height=\"7\" "
    "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
    "<rect width=\"7\" height=\"7\" class=\"c-unknown\"/>"
    "<rect width=\"1.5\" height=\"7\" class=\"c-mark\"/>"
    "<rect width=\"7\" height=\"1.5\" class=\"c-mark\"/></pattern>\n"
    "<pattern id=\"p-open\" width=\"5\" height=\"5\" "
    "patternUnits=\"userSpaceOnUse\"><rect width=\"5\" height=\"5\" "
    "class=\"c-open\"/><circle cx=\"2.5\" cy=\"2.5\" r=\".9\" "
    "class=\"c-edge\"/></pattern>\n"
    "<pattern id=\"p-cleared\" width=\"5\" height=\"5\" "
    "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
    "<rect width=\"2.5\" height=\"5\" class=\"c-done\"/></pattern>\n"
    "<pattern id=\"p-wait\" width=\"6\" height=\"6\" "
    "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
    "<rect width=\"2\" height=\"6\" class=\"c-edge\"/></pattern>\n"
    "</defs>\n"
    "<symbol id=\"s-good\" viewBox=\"0 0 48 48\"><circle cx=\"24\" cy=\"24\" "
    "r=\"22\" fill=\"currentColor\"/><path d=\"M14 25l7 7 13-15\" "
    "class=\"sign\"/></symbol>\n"
    "<symbol id=\"s-mixed\" viewBox=\"0 0 48 48\"><path d=\"M24 4L46 43H2Z\" "
    "class=\"solid\"/><path d=\"M24 18v12M24 36v1\" class=\"sign\"/></symbol>\n"
    "<symbol id=\"s-stopped\" viewBox=\"0 0 48 48\"><path d=\"M15 2h18l13 13v18"
    "L33 46H15L2 33V15Z\" class=\"solid\"/><path d=\"M18 15v18M30 15v18\" "
    "class=\"sign\"/></symbol>\n"
    "</svg>\n";
