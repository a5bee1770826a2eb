#include "report/html_assets.h"

#include <stddef.h>

// clang-format off
// The page's style. Gained and lost differ by sign and words too, not by colour alone.
static const char *const style[] = {
    ":root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--fg:#1b2430;--dim:#5b6675;--line:#dfe3e9;--head:#eef1f5;--gain:#a8321a;--gain-bg:#fde8e2;--lose:#1450a8;--lose-bg:#e1ecfb;--keep:#364152;--keep-bg:#edf0f4;--ok:#17683a;--ok-bg:#ddf3e5;--warn:#7a5200;--warn-bg:#fcf0d0;--focus:#3b6fe0}\n",
    "@media (prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1a2028;--fg:#e4e9f0;--dim:#9aa7b8;--line:#2f3844;--head:#212934;--gain:#ffab94;--gain-bg:#4a211a;--lose:#9cc5ff;--lose-bg:#193357;--keep:#c3ccd8;--keep-bg:#29323e;--ok:#84dba6;--ok-bg:#163a26;--warn:#f3cd78;--warn-bg:#40330f;--focus:#7fa8ff}}\n",
    "*{box-sizing:border-box}\n",
    "body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif}\n",
    "header,main,footer{max-width:1240px;margin:0 auto;padding:0 20px}\n",
    "header{padding-top:26px;padding-bottom:10px}\n",
    "h1{font-size:23px;line-height:1.3;margin:0 0 6px;font-weight:650}\n",
    "h2{font-size:17px;margin:30px 0 12px;font-weight:650}\n",
    "h3{font-size:15px;margin:0;font-weight:600;overflow-wrap:anywhere}\n",
    "p{margin:4px 0}\n",
    "code,.o,.i,.at{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;font-size:.88em;overflow-wrap:anywhere}\n",
    ".dim{color:var(--dim)}\n",
    ".v{display:inline-block;font-size:13px;font-weight:700;letter-spacing:.05em;padding:3px 10px;border-radius:5px;vertical-align:3px;margin-right:6px;background:var(--ok-bg);color:var(--ok)}\n",
    ".v.FAIL,.v.BROKEN,.v.error{background:var(--gain-bg);color:var(--gain)}\n",
    ".v.REVIEW,.v.warning{background:var(--warn-bg);color:var(--warn)}\n",
    ".v.note{background:var(--keep-bg);color:var(--keep)}\n",
    ".bar{position:sticky;top:0;z-index:2;background:var(--bg);border-bottom:1px solid var(--line)}\n",
    ".bar form{max-width:1240px;margin:0 auto;padding:10px 20px;display:flex;flex-wrap:wrap;gap:8px 18px;align-items:center}\n",
    ".bar input[type=search]{flex:1 1 260px;max-width:460px;font:inherit;color:var(--fg);background:var(--card);border:1px solid var(--dim);border-radius:6px;padding:6px 10px}\n",
    "fieldset{border:0;margin:0;padding:0;display:flex;gap:14px}\n",
    "fieldset label{display:flex;gap:5px;align-items:center;cursor:pointer}\n",
    "kbd{font:12px ui-monospace,monospace;border:1px solid var(--line);border-bottom-width:2px;border-radius:4px;padding:0 5px;background:var(--card)}\n",
    ":focus-visible{outline:2px solid var(--focus);outline-offset:2px}\n",
    "section.c{background:var(--card);border:1px solid var(--line);border-radius:9px;margin:0 0 14px;overflow:hidden;scroll-margin-top:70px}\n",
    ".t{padding:12px 16px}\n",
    ".s{overflow-x:auto;position:relative}\n",
    "table{border-collapse:collapse;width:100%;min-width:1040px;table-layout:fixed}\n",
    "th,td{border-top:1px solid var(--line);padding:9px 12px;text-align:left;vertical-align:top}\n",
    "thead th{background:var(--head);font-size:12.5px;font-weight:600;color:var(--dim);padding-top:6px;padding-bottom:6px}\n",
    "th.w{width:22%}\n",
    "tbody th{font-weight:500}\n",
    ".i{display:inline-block;border-radius:4px;padding:1px 7px;margin:0 3px 4px 0;background:var(--keep-bg);color:var(--keep)}\n",
    ".i.g{background:var(--gain-bg);color:var(--gain);font-weight:600}\n",
    ".i.l{background:var(--lose-bg);color:var(--lose);font-weight:600}\n",
    ".i.p{border:1px dashed currentColor}\n",
    ".at{display:block;color:var(--dim);font-size:11.5px;line-height:1.45}\n",
    ".none{color:var(--dim)}\n",
    "tr.k th,tr.k td{background:color-mix(in srgb,var(--head) 40%,transparent)}\n",
    "pre{margin:8px 0 0;padding:9px 12px;background:var(--head);border-radius:6px;overflow-x:auto;font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}\n",
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:8px 0 0}\n",
    "dt{color:var(--dim)}\n",
    "dd{margin:0;overflow-wrap:anywhere}\n",
    "@media (max-width:800px){.bar{position:static}section.c{scroll-margin-top:10px}}\n",
    "footer{padding-top:16px;padding-bottom:36px;color:var(--dim);font-size:13px}\n",
    "[hidden]{display:none!important}\n",
    ".before .i.g,.after .i.l{display:none}\n",
    ".before .i.l,.after .i.g{background:var(--keep-bg);color:var(--keep);font-weight:400}\n",
    ".before .m,.after .m,.before .aa,.after .ab,.ob,.nb,.na{display:none}\n",
    ".before .ob{display:block}\n",
    ".before .nb,.after .na{display:inline}\n",
    ".vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}\n",
    "@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--fg:#000;--dim:#444;--line:#bbb;--head:#f0f0f0;--gain:#a8321a;--gain-bg:#fde8e2;--lose:#1450a8;--lose-bg:#e1ecfb;--keep:#222;--keep-bg:#f0f0f0;--ok:#17683a;--ok-bg:#ddf3e5;--warn:#7a5200;--warn-bg:#fcf0d0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.bar{display:none}body{font-size:11px}section.c{break-inside:avoid}table{min-width:0}.s{overflow:visible}}\n",
};

// The page's script: the filter, the view, the keys. It reads the page and writes no markup.
static const char *const script[] = {
    "\"use strict\";\n",
    "(function () {\n",
    "  var d = document, q = d.getElementById(\"q\"), n = d.getElementById(\"n\");\n",
    "  var cards = Array.prototype.slice.call(d.querySelectorAll(\"section.c\"));\n",
    "  var texts = cards.map(function (card) { return card.textContent.toLowerCase(); });\n",
    "  function filter() {\n",
    "    var words = q.value.toLowerCase().split(/\\s+/).filter(Boolean), shown = 0;\n",
    "    cards.forEach(function (card, i) {\n",
    "      var fits = words.every(function (word) { return texts[i].indexOf(word) >= 0; });\n",
    "      card.hidden = !fits;\n",
    "      shown += fits ? 1 : 0;\n",
    "    });\n",
    "    n.textContent = words.length ? shown + \" of \" + cards.length + \" shown\" : \"\";\n",
    "  }\n",
    "  function step(by) {\n",
    "    var open = cards.filter(function (card) { return !card.hidden; });\n",
    "    var at = open.indexOf(d.activeElement.closest ? d.activeElement.closest(\"section.c\") : null);\n",
    "    var next = open[at < 0 ? (by > 0 ? 0 : open.length - 1) : at + by];\n",
    "    if (next) { next.focus(); next.scrollIntoView({block: \"start\"}); }\n",
    "  }\n",
    "  function view(name) {\n",
    "    d.documentElement.className = name === \"changes\" ? \"\" : name;\n",
    "  }\n",
    "  q.addEventListener(\"input\", filter);\n",
    "  d.querySelectorAll(\"input[name=view]\").forEach(function (radio) {\n",
    "    radio.addEventListener(\"change\", function () { view(radio.value); });\n",
    "    if (radio.checked) { view(radio.value); }\n",
    "  });\n",
    "  d.querySelector(\".bar form\").addEventListener(\"submit\", function (event) { event.preventDefault(); });\n",
    "  d.addEventListener(\"keydown\", function (event) {\n",
    "    if (event.ctrlKey || event.metaKey || event.altKey) { return; }\n",
    "    if (event.key === \"Escape\" && d.activeElement === q) { q.value = \"\"; filter(); q.blur(); return; }\n",
    "    if (/^(INPUT|TEXTAREA|SELECT)$/.test(d.activeElement.tagName)) { return; }\n",
    "    if (event.key === \"/\") { event.preventDefault(); q.focus(); }\n",
    "    if (event.key === \"j\") { step(1); }\n",
    "    if (event.key === \"k\") { step(-1); }\n",
    "  });\n",
    "  filter();\n",
    "})();\n",
};
// clang-format on

// SHA-256 of what stands between <script> and </script>, the first line end included:
// openssl dgst -sha256 -binary | base64. No other script runs in the page.
static const char script_hash[] = "PZE5iOLpcXIuBTRCQuXK9GTb5E1lucWqQwgNCHyrrLs=";

static void add(struct buf *out, const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_add_text(out, lines[i]);
}

void html_assets_head(struct buf *out)
{
    buf_addf(out,
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; "
             "script-src 'sha256-%s'\">\n<style>\n",
             script_hash);
    add(out, style, sizeof style / sizeof *style);
    buf_add_text(out, "</style>\n");
}

void html_assets_script(struct buf *out)
{
    buf_add_text(out, "<script>\n");
    add(out, script, sizeof script / sizeof *script);
    buf_add_text(out, "</script>\n");
}
