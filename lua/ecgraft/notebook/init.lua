--- Notebooks: a Lua file in cells, run, and shown as a page of HTML or a Jupyter notebook with what it printed and showed.
--
--   -- %% [markdown]
--   -- # A look at a record
--   -- %%
--   local eg = require "ecgraft"
--   eg.data.synthetic{records = 3}:record(1)      -- the value of the last expression is shown
--
-- See docs/notebook.md.
local cells = require "ecgraft.notebook.cells"
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local ipynb = require "ecgraft.notebook.ipynb"
local options = require "ecgraft.options"
local page = require "ecgraft.notebook.page"
local run = require "ecgraft.notebook.run"
local uv = require "luv"

local notebook = {}

local function ending(path) return (path:match "%.(%w+)$" or ""):lower() end

--- The cells of a notebook file, .lua or .ipynb. nil, message where it cannot be read.
function notebook.read(path)
  options.argument("notebook.read", 1, "path", path, {type = "string"})
  local text, message = files.read(path)
  if not text then return nil, message end
  local name = path:match "[^/]*$"
  if ending(path) == "ipynb" then return ipynb.read(text, name) end
  return cells.parse(text, name)
end

local function fault_of(list)
  for _, cell in ipairs(list) do
    for _, output in ipairs(cell.outputs or {}) do if output.kind == "error" then return output.message end end
  end
end

local schema = {
  out = {type = "string"},
  cache = {type = "boolean", default = true},
  fresh = {type = "boolean", default = false},
  say = {type = "function", default = function() end},
}

--- Runs a notebook and writes what it gave.
-- path: a .lua file in cells, or a Jupyter notebook in Lua. The cells work in its folder. options:
--   out    where to write: .html (default: the notebook's name with that ending), .ipynb, or .lua, which only writes the cells
--   cache  false: neither take outputs from an earlier run nor keep them (default true)
--   fresh  true: run the cells whatever the cache has (default false)
--   say    a function that is told how far it is
-- Returns the path written and how it went: "ok", "cached", "converted" or "error" and its message (a cell failed, those behind it were not
-- run; the page shows it). After Ctrl-C nothing is written: false, "interrupted". nil, message where a file cannot be read or written.
function notebook.run(path, given)
  local o = options.check("notebook.run", given, schema)
  local list, message = notebook.read(path)
  if not list then return nil, message end
  local name = path:match "[^/]*$"
  local out = o.out or path:gsub("%.%w+$", "") .. ".html"
  local kind = ending(out)
  if kind ~= "html" and kind ~= "ipynb" and kind ~= "lua" then
    error(("notebook.run: option 'out' must end in .html, .ipynb or .lua, got %s"):format(options.show(out)), 2)
  end
  local here, there = uv.fs_realpath(path), uv.fs_realpath(out)
  if here and here == there then error(("notebook.run: option 'out' is the notebook itself, %s"):format(path), 2) end
  local text, status, keep
  if kind == "lua" then text, status = cells.write(list), "converted"
  else
    status, keep = run(list, {path = path, name = name, folder = here:match "^(.*)/[^/]*$", use_cache = o.cache and not o.fresh,
      say = o.say})
    if not status then return nil, keep end
    if status == "interrupted" then return false, status end
    text = kind == "ipynb" and ipynb.write(list) or page.html(list, name, ("%s, run with ECGraft %s"):format(name, core.version))
  end
  local ok
  ok, message = files.write(out, text)
  if not ok then return nil, message end
  if keep and o.cache then keep() end -- after the page was written, which is a file in a folder that cells may have listed
  return out, status, status == "error" and fault_of(list) or nil
end

return notebook
