/** The style sheet of the page: light and dark, on paper, on a phone. Colours have a contrast of 4.5 and more. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --back: #ffffff; --raised: #f4f5f7; --text: #1b1f24; --soft: #545d68; --line: #d5dae0;
  --good: #17633a; --bad: #a8201a; --doubt: #7a4b00; --mark: #0a5aa8; --band: #b9d4f0;
  --left: #fdeceb; --right: #e6f4ea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #15181c; --raised: #1f242a; --text: #e6e9ec; --soft: #a9b2bc; --line: #3b434c;
    --good: #6fce96; --bad: #ff8f87; --doubt: #f0b75a; --mark: #7ab8f5; --band: #24486b;
    --left: #43211f; --right: #1b3826;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0 auto; max-width: 80rem; padding: 1rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; overflow-wrap: anywhere; }
.case h3 { font-size: .9rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0; }
.soft, caption { color: var(--soft); font-size: .875rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
caption { text-align: left; }
th, td {
  padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line);
}
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th { font-weight: 600; }
tbody th { font-weight: 400; min-width: 6rem; max-width: 26rem; overflow-wrap: break-word; }
td.plot { padding-bottom: 0; }
code, pre, .diff td { font-family: ui-monospace, monospace; font-size: .85rem; }
pre { margin: .25rem 0; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--raised); padding: .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .25rem 0; }
dd { margin: 0; overflow-wrap: anywhere; }
.label { font-weight: 600; }
.label.good { color: var(--good); }
.label.bad { color: var(--bad); }
.label.doubt { color: var(--doubt); }
.command { display: flex; gap: .5rem; align-items: flex-start; }
.command pre { flex: 1; }
button, input { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--soft); border-radius: 4px; padding: .25rem .6rem; }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
fieldset { border: 0; padding: 0; margin: .25rem 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
legend { float: left; padding: 0; margin-right: 1rem; }
.case { border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 2.2rem; }
.case > summary { padding: .3rem 0; overflow-wrap: anywhere; cursor: pointer; }
.case > div { padding: 0 0 1rem 1rem; }
.diff { width: 100%; table-layout: fixed; }
.diff td { white-space: pre-wrap; overflow-wrap: anywhere; border: 0; padding: 0 .5rem; }
.diff td.left { background: var(--left); }
.diff td.right { background: var(--right); }
.diff td.place { color: var(--soft); }
svg { display: block; }
svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
svg .grid { stroke: var(--line); }
svg .one { stroke: var(--soft); stroke-dasharray: 3 3; }
svg .band { fill: var(--band); }
svg .middle { stroke: var(--mark); stroke-width: 2; }
svg .run { fill: var(--text); fill-opacity: .55; }
svg .dot { fill: var(--mark); }
@media (max-width: 40rem) {
  body { padding: .5rem; }
  .strips th, .strips td { display: block; border: 0; padding: 0; }
  dl { grid-template-columns: 1fr; }
  dd { margin-left: 1rem; }
}
@media print {
  :root { --back: #fff; --raised: #fff; --text: #000; --soft: #444; --line: #bbb; }
  body { max-width: none; font-size: 11px; }
  .tools, button { display: none; }
  .scroll { overflow: visible; }
  .case:not([data-label="ok"])::details-content { content-visibility: visible; }
  h3, tr, svg { break-inside: avoid; }
}
`;
