--- Fuzzes notebooks: Lua files in cells, and Jupyter's files.
local cells = require "ecgraft.notebook.cells"
local files = require "ecgraft.files"
local ipynb = require "ecgraft.notebook.ipynb"
local markdown = require "ecgraft.html.markdown"
local page = require "ecgraft.notebook.page"

local LUA = "-- %% [markdown]\n-- # A *title*\n-- - a\n--   - b `c`\n--\n-- | x | y |\n-- |---|--:|\n-- | 1 | [l](u) |\n\n"
  .. "-- %% Cell; inputs: a, b\nlocal x <const> = [[ [=[ ]]\nprint('\\z\\n', 0x1p4) -- c\n"

return {
  file = "x",
  words = {"-- %%", "[markdown]", "inputs:", "\n-- ", "--[[", "]]", "[==[", "'", '"', "\\", "\\z", "0x", "```", "**", "](", "|---|", "> ",
    "1. ", '"cells"', '"source"', '"cell_type"', '"code"', '"markdown"', '"metadata"', '"nbformat":4', "[", "{", "}", "]", ":", ",",
    "null", "\u{E000}", "\u{E001}"},
  seeds = {LUA, ipynb.write(cells.parse(LUA, "x")), '{"cells":[{"cell_type":"code","source":["a\\n","b"],"metadata":{"ecgraft":'
    .. '{"title":"t","inputs":["i"]}}}],"nbformat":4,"metadata":{"language_info":{"name":"lua"}}}'},
  read = function(path)
    local text = assert(files.read(path))
    local known = false
    for _, read in ipairs{cells.parse, ipynb.read} do
      local list, message = read(text, path)
      assert(list or type(message) == "string" and message:find(path, 1, true) == 1)
      known = known or list ~= nil
      if list then
        for _, cell in ipairs(list) do assert((cell.kind == "code" or cell.kind == "markdown") and cell.source ~= "") end
        local html = page.html(list, "x", "about")
        assert(utf8.len(html) and not html:lower():find "<script" and not html:find 'href="%s*[jJ]ava[sS]cript:')
        -- What was read is written so that the same is read again.
        local again = assert(cells.parse(cells.write(list), "x"))
        assert(#again <= #list + select(2, text:gsub("%%%%", "")))
      end
    end
    markdown.html(text)
    return known or nil, path .. ": no notebook"
  end,
}
