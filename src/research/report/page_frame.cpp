#include "research/report/page_frame.hpp"

#include "research/report/bar_chart.hpp"
#include "research/report/html_text.hpp"

namespace bitgrid::research {
namespace {

constexpr const char* kStyles =
    "@page{size:A4;margin:14mm}"
    "body{font:14px/1.45 system-ui,sans-serif;color:#1c1c1c;background:#fff;max-width:46em;"
    "margin:2em auto;padding:0 1em}"
    "@media print{body{margin:0;padding:0;font-size:11px;max-width:none}}"
    "h1{font-size:1.6em;margin:0}h2{font-size:1.15em;margin:1.4em 0 .5em;break-after:avoid}"
    ".quiet{color:#666}"
    ".tiles{display:flex;flex-wrap:wrap;gap:.8em;margin:1.1em 0;padding:0;list-style:none}"
    ".tiles li{flex:1 1 8em;border:1px solid #ddd;border-radius:6px;padding:.6em .8em}"
    ".tiles b{display:block;font-size:1.5em;font-variant-numeric:tabular-nums}"
    "table{border-collapse:collapse;width:100%;margin:.4em 0 1em}"
    "th,td{text-align:left;padding:.28em .6em .28em 0;border-bottom:1px solid #e4e4e4;"
    "vertical-align:top}"
    "td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "th.number{white-space:normal}td.verdict{white-space:nowrap}"
    "tr{break-inside:avoid}"
    ".missed{font-weight:600}";

}  // namespace

std::string framed_page(const std::string& language, const std::string& title,
                        const std::string& body) {
    return "<!doctype html>\n<html lang=\"" + escaped(language) +
           "\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
           "'unsafe-inline'\">\n<title>" +
           escaped(title) + "</title>\n<style>" + kStyles + chart_styles() +
           "</style>\n</head>\n<body>\n" + chart_patterns() + body + "</body>\n</html>\n";
}

}  // namespace bitgrid::research
