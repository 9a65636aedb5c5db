--- The style of a page: readable on a phone, a desk and paper, light and dark as the reader's system is. No font or image is fetched.
local theme = require "ecgraft.plot.theme"

local light = [[
:root{
--page:#ffffff;--ink:#1b2126;--muted:#59636d;--line:#d5dade;--soft:#f4f6f8;--link:#005a9c;
--good:#00734f;--bad:#b23b00;--open:#59636d;--warn:#b00020;--warn-soft:#fdecef}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.8rem;line-height:1.2;margin:.2rem 0 .4rem}
h2{font-size:1.3rem;line-height:1.3;margin:2.6rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.6rem 0 .4rem}
p,ul,ol{margin:.5rem 0;max-width:46rem}
a{color:var(--link)}
.muted,figcaption,.note{color:var(--muted);font-size:.9rem}
nav{margin:.8rem 0;font-size:.95rem}
nav a{display:inline-block;margin:0 1rem .2rem 0}
figure{margin:1rem 0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:1rem}
.figures figure{margin:0}
figure svg{display:block;width:100%;height:auto;max-width:46rem}
.figures figure svg{max-width:36rem}
.scroll{overflow-x:auto;-webkit-overflow-scrolling:touch;margin:.8rem 0}
.scroll svg{min-width:34rem}
table{border-collapse:collapse;font-size:.86rem;line-height:1.35;font-variant-numeric:tabular-nums}
.caption{font-weight:600;margin:1.2rem 0 -.4rem}
th,td{padding:.3rem .5rem .3rem 0;text-align:left;vertical-align:top}
th.number,td.number{text-align:right}
td.number,td.short{white-space:nowrap}
th.number{max-width:8.5rem}
td{max-width:30rem}
thead th{border-bottom:2px solid var(--line);vertical-align:bottom}
tbody tr+tr td{border-top:1px solid var(--line)}
tbody tr.rule td{border-top:2px solid var(--line)}
pre{background:var(--soft);padding:.8rem;border-radius:.3rem;overflow-x:auto;font-size:.85rem;line-height:1.4}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.verdict{margin:0;padding:.6rem .9rem;border-left:.35rem solid var(--open);background:var(--soft);max-width:52rem}
.verdict.good{border-color:var(--good)}
.verdict.bad{border-color:var(--bad)}
.verdict p{margin:.2rem 0}
.verdict .certainty{font-weight:600}
.verdict.good .certainty{color:var(--good)}
.verdict.bad .certainty{color:var(--bad)}
.lead{font-size:1.12rem}
.warning{border:2px solid var(--warn);background:var(--warn-soft);padding:.6rem .9rem;margin:.8rem 0;max-width:52rem}
.warning strong{color:var(--warn)}
details{margin:.8rem 0}
summary{cursor:pointer;color:var(--link)}
hr{border:0;border-top:1px solid var(--line);margin:1.6rem 0;max-width:46rem}
blockquote{margin:.8rem 0;padding-left:.9rem;border-left:.25rem solid var(--line);color:var(--muted)}
]]

-- Notebooks: code, and what it printed and showed.
local notebook = [[
.cell{margin:1rem 0 1.4rem}
.cell pre{margin:0}
.cell .caption{margin:0 0 .3rem}
.code{border-left:.25rem solid var(--link)}
.code .c{color:var(--muted)}
.code .s{color:var(--good)}
.code .n{color:var(--bad)}
.code .k{font-weight:600}
.output{padding:.2rem 0 0 1.05rem}
.output>*{margin:.5rem 0}
.output pre{background:none;padding:.2rem 0}
.output .error{background:var(--warn-soft);border-left:.25rem solid var(--warn);padding:.6rem .9rem}
.output .error{white-space:pre-wrap;overflow-wrap:anywhere}
.about{margin-top:2.5rem}
]]

local dark = [[
:root{--page:#171c21;--ink:#e4e8ec;--muted:#a3adb7;--line:#38414a;--soft:#20272e;--link:#78bdf2;
--good:#3fd0a2;--bad:#ff9a5c;--open:#a3adb7;--warn:#ff8296;--warn-soft:#33191f}
]]

-- Paper is always light: the dark rules are for screens only.
local print_rules = [[
@page{size:A4;margin:15mm}
body{font-size:10pt}
main{max-width:none;padding:0}
nav{display:none}
h2{break-after:avoid;border-top:0}
h3,.caption,p.muted{break-after:avoid}
figure,.verdict,.warning,tr{break-inside:avoid}
thead{display:table-header-group}
.figures{grid-template-columns:1fr 1fr;gap:.6rem}
.scroll{overflow:visible}
.scroll svg{min-width:0}
table{font-size:8.5pt}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:8pt;border:1px solid #ccc}
a{color:inherit;text-decoration:none}
]]

--- The whole style sheet as text.
return function()
  return table.concat {
    light, notebook, "@media screen and (prefers-color-scheme:dark){\n", dark, theme.dark_css(),
    "\n}\n@media print{\n", print_rules, "}\n",
  }
end
