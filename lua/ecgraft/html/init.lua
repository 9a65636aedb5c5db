--- Pages in HTML: one file that holds everything, with no script and nothing fetched from anywhere.
-- Functions return strings of HTML; the text that they are given is escaped.
local markup = require "ecgraft.markup"
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"
local style = require "ecgraft.html.style"
local table_text = require "ecgraft.table_text"

local html = { escape = markup.escape }

--- An element around text (escaped): html.element("p", {class = "note"}, "3 < 4").
function html.element(name, attributes, text)
  return html.wrap(name, attributes, markup.escape(text))
end

--- An element around HTML.
function html.wrap(name, attributes, content)
  return ("<%s%s>%s</%s>\n"):format(name, markup.attributes(attributes), content, name)
end

local SHORT = 28 -- characters; shorter cells are not broken into lines

local function cell(value, column, tag, attributes, inline)
  local text, strong = table_text.cell(value)
  local content = markup.escape(number_text.minus(text))
  if strong then content = "<strong>" .. content .. "</strong>" end
  if column.align == "right" or column.align == "decimal" then attributes.class = "number"
  elseif tag == "td" and #text <= SHORT then attributes.class = "short" end
  if inline then attributes.style = "text-align:" .. (attributes.class == "number" and "right" or "left") end
  return ("<%s%s>%s</%s>"):format(tag, markup.attributes(attributes), content, tag)
end

--- A table value (see ecgraft.table_text) as HTML, in a box that scrolls sideways where the screen is narrow. options: inline = true has
-- cells say themselves how they are aligned, for a place with a style of its own (Jupyter).
function html.table(value, given)
  value = table_text.check("html.table", value)
  local o = options.check("html.table", given, { inline = { type = "boolean", default = false } })
  local parts = { ("<table%s>\n"):format(markup.attributes { ["aria-label"] = value.caption }) }
  local function add(text) parts[#parts + 1] = text end
  add("<thead><tr>")
  for _, column in ipairs(value.columns) do add(cell(column.title, column, "th", { scope = "col" }, o.inline)) end
  add("</tr></thead>\n<tbody>\n")
  for r, row in ipairs(value.rows) do
    add(row.rule and r > 1 and '<tr class="rule">' or "<tr>")
    for c, column in ipairs(value.columns) do add(cell(row[c], column, "td", {}, o.inline)) end
    add("</tr>\n")
  end
  add("</tbody></table>")
  local box = html.wrap("div", { class = "scroll", tabindex = "0", role = "region", ["aria-label"] = value.caption or "table" },
    table.concat(parts))
  -- The caption stays in place where the table scrolls.
  if value.caption then box = html.element("p", { class = "caption" }, value.caption) .. box end
  return value.note and box .. html.element("p", { class = "note" }, value.note) or box
end

--- A picture (an SVG string) with a caption. options: scroll = true keeps small text readable on a phone by scrolling sideways.
function html.figure(svg, caption, given)
  local o = options.check("html.figure", given, { scroll = { type = "boolean", default = false } })
  local picture = svg
  if o.scroll then picture = html.wrap("div", { class = "scroll", tabindex = "0", role = "region", ["aria-label"] = "figure" }, svg) end
  if caption and caption ~= "" then picture = picture .. html.element("figcaption", nil, caption) end
  return html.wrap("figure", nil, picture)
end

--- A picture that is fetched from a URL: html.image("data:image/png;base64,...", "what it shows").
function html.image(url, alt) return ("<img%s>\n"):format(markup.attributes { src = url, alt = alt }) end

--- Text in a box, as it is: code, a file.
function html.preformatted(text)
  return html.wrap("pre", { tabindex = "0" }, html.element("code", nil, text))
end

--- Something that opens on a click.
function html.details(summary, content)
  return html.wrap("details", nil, html.element("summary", nil, summary) .. content)
end

--- An unordered list of texts.
function html.list(items)
  local parts = {}
  for i, item in ipairs(items) do parts[i] = html.element("li", nil, item) end
  return html.wrap("ul", nil, table.concat(parts))
end

--- A whole page: html.page{title =, body = HTML, description =, lang = "en"}.
-- The page's own policy forbids scripts and everything from outside, so that what a record's header says can do nothing.
function html.page(given)
  local o = options.check("html.page", given, {
    title = { type = "string", required = true },
    body = { type = "string", required = true },
    description = { type = "string", default = "" },
    lang = { type = "string", default = "en" },
  })
  local title = markup.escape(o.title)
  return table.concat {
    "<!DOCTYPE html>\n<html lang=\"", markup.escape(o.lang), "\">\n<head>\n<meta charset=\"utf-8\">\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n",
    "<meta name=\"color-scheme\" content=\"light dark\">\n",
    o.description ~= "" and ('<meta name="description" content="%s">\n'):format(markup.escape(o.description)) or "",
    "<title>", title, "</title>\n<style>\n", style(), "</style>\n</head>\n<body>\n<main>\n", o.body, "</main>\n</body>\n</html>\n",
  }
end

return html
