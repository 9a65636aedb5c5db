--- What cells gave when they last ran, beside the notebook, so that a notebook in which nothing changed is shown without running it.
--
-- What a cell gives depends on: the code of the cell and of all cells before it, the version of the library, the files that these cells
-- read (through Lua, through the library's readers; see session/reads.lua) and those that they declare as inputs. If any of this changed
-- for a cell, its outputs are of no use, nor are those of the cells behind it; and since variables are not kept, the cells before it must
-- run again too, to make them. So the cache serves all or nothing: a notebook of which only the text changed, or nothing. What takes long
-- should keep its own results: eg.fit with a checkpoint, sets with `prepared`, models that are saved.
--
-- Texts are compared as they are, files by size and time of change. What the notebook itself wrote counts as it left it: a checkpoint that
-- a cell reads and then writes is no reason to run again. A cell that failed is not kept.
local core = require "ecgraft.core"
local files = require "ecgraft.files"
local reads = require "ecgraft.session.reads"

local cache = {}

local FORMAT = 1

--- Where the outputs of a notebook are kept.
function cache.path(notebook)
  local folder, name = notebook:match "^(.-)([^/]*)$"
  return folder .. ".ecgraft-notebooks/" .. name .. ".json"
end

local function absolute(path, folder) return path:sub(1, 1) == "/" and path or folder .. "/" .. path end

-- The declared inputs of a cell as they are now.
local function declared(cell, folder)
  local list = {}
  for i, path in ipairs(cell.inputs) do list[i] = {path = path, state = reads.state(absolute(path, folder))} end
  return list
end

local function unchanged(list, folder)
  for _, each in ipairs(list) do
    if reads.state(absolute(each.path, folder)) ~= each.state then return false, each.path end
  end
  return true
end

--- The outputs of all code cells, in their order, where none of them needs to run; else nil and why.
function cache.find(notebook, code_cells, folder)
  local kept = files.read_json(cache.path(notebook))
  if type(kept) ~= "table" or kept.format ~= FORMAT or type(kept.cells) ~= "table" then return nil, "it has not run before" end
  if kept.version ~= core.version then return nil, "ECGraft is another version" end
  if kept.folder ~= folder then return nil, "it was moved" end
  local outputs = {}
  for i, cell in ipairs(code_cells) do
    local old = kept.cells[i]
    if type(old) ~= "table" then return nil, ("the cell at line %d is new or failed before"):format(cell.line) end
    if old.source ~= cell.source then return nil, ("the cell at line %d changed"):format(cell.line) end
    local same, path = unchanged(old.reads or {}, folder)
    if same then
      for k, input in ipairs(declared(cell, folder)) do
        local before = (old.inputs or {})[k]
        if not before or before.path ~= input.path or before.state ~= input.state then same, path = false, input.path end
      end
    end
    if not same then return nil, ("%s changed"):format(path) end
    outputs[i] = old.outputs or {}
  end
  return outputs
end

--- Keeps what cells gave: results[i] = {outputs =, reads =, inputs =} for as many as ran well, of the code cells from the first on;
-- writes: what they wrote. true, or nil and a message.
function cache.keep(notebook, code_cells, results, writes, folder)
  local function here(path) return absolute(path, folder) end
  local kept = {format = FORMAT, version = core.version, folder = folder, cells = {}}
  for i, result in ipairs(results) do
    kept.cells[i] = {source = code_cells[i].source, outputs = result.outputs,
      reads = reads.settle(result.reads, writes, here), inputs = reads.settle(result.inputs, writes, here)}
  end
  local path = cache.path(notebook)
  local ok, message = files.make_folder(path:match "^(.*)/")
  if not ok then return nil, message end
  return files.write_json(path, kept)
end

cache.declared = declared

return cache
