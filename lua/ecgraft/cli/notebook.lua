--- ecgraft notebook FILE: runs a Lua file in cells and writes a page with what it printed and showed.
local replace = require "ecgraft.cli.replace"

local command = {
  name = "notebook", summary = "Run a Lua file in cells (-- %%) and write a page with its text, output and pictures.",
  more = [[
A line `-- %%` begins a cell of code, `-- %% [markdown]` one of text. Exit status 1 where a cell failed; the page shows where.]],
  examples = {
    "ecgraft notebook look.lua",
    "ecgraft notebook look.lua -o report.html",
    "ecgraft notebook look.lua --ipynb",
    "ecgraft notebook look.ipynb -o look.lua",
  },
}

function command.configure(parser)
  parser:argument("file", "A .lua file in cells, or a Jupyter notebook (.ipynb) in Lua.")
  parser:option("-o --out", "What to write: .html, .ipynb, or .lua, which turns a Jupyter notebook into a Lua file without running it "
    .. "(default: the notebook's name with .html)."):argname "FILE"
  parser:flag("--ipynb", "Write a Jupyter notebook with its outputs instead of a page.")
  replace.configure(parser)
  parser:flag("--fresh", "Run the cells even where nothing changed since the last time.")
  parser:flag("--no-cache", "Neither take outputs of an earlier run nor keep them.")
  parser:flag("-q --quiet", "Say nothing of progress.")
end

function command.run(a)
  local cli = require "ecgraft.cli"
  local out = a.out
  if a.ipynb then
    if out and not out:lower():find "%.ipynb$" then return cli.wrong_usage("--ipynb writes a file that ends in .ipynb, got " .. out) end
    out = out or a.file:gsub("%.%w+$", "") .. ".ipynb"
  end
  local uv = require "luv"
  local is_itself = out and uv.fs_realpath(out) == uv.fs_realpath(a.file) -- which has a message of its own
  -- A page is made again; in a notebook or a script someone may have worked.
  if out and not is_itself and not out:lower():find "%.html?$" then
    local refusal = replace.refusal(a, out)
    if refusal then return cli.fail(refusal) end
  end
  local function say(text) if not a.quiet then io.stderr:write(text, "\n") end end
  local path, status, fault = require("ecgraft.notebook").run(a.file,
    {out = out, cache = not a.no_cache, fresh = a.fresh or false, say = say})
  if path == false then
    cli.fail "interrupted; nothing was written"
    return 130
  elseif not path then return cli.fail(status) end
  print(path)
  return status == "error" and cli.fail(fault) or 0
end

return command
