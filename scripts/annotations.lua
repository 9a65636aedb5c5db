--- Keeps lua/ecgraft/meta, the annotations for editors, as the sources say:
--   ops.lua and options.lua are written from the core's descriptions and the tables of options;
--   in the others, which are written by hand, the comments above functions that are in Lua are copied from there.
--
--   lua5.4 scripts/annotations.lua [--check]     (LUA_CPATH, or ./build, has the core)
-- With --check nothing is written; it fails where something is not as it would be written.
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = package.cpath .. ";./build/?.so"
local core = require "ecgraft.core"
local declared = require "ecgraft.docs.declared"
local docs = require "ecgraft.docs"
local files = require "ecgraft.files"
local places = require "ecgraft.docs.places"
local schema = require "ecgraft.docs.schema"

local folder = "lua/ecgraft/meta/"
local check, stale = arg[1] == "--check", {}

local function write(path, text)
  if files.read(path) == text then return end
  stale[#stale + 1] = path
  if not check then assert(files.write(path, text)) end
end

local function comment(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do lines[#lines + 1] = ("--- " .. line):gsub("%s+$", "") end
  return lines
end

-- ops.lua

local KINDS = {integer = "integer", number = "number", boolean = "boolean", ["list of integers"] = "integer[]", ["dim, from 1"] = "integer"}
local NAMED = {max = "positions", min = "positions", sort = "positions", lstm = "cells"}

local function op_lines(lines, op, holder, method)
  local names, parameters, call = {}, {}, {}
  for i, each in ipairs(op.inputs) do
    local name, optional = each:gsub("%?", ""), each:find "%?$"
    local number = op.text:find "shapes broadcast" and (i > 1 or not method and op.name ~= "where") -- it may stand for a tensor
    local kind = number and "ecgraft.Tensor|number" or "ecgraft.Tensor"
    if method and i == 1 then call[1] = "self: ecgraft.Tensor"
    else
      names[#names + 1] = name
      parameters[#parameters + 1] = ("---@param %s%s %s"):format(name, optional and "?" or "", kind)
      if not optional then call[#call + 1] = ("%s: %s"):format(name, kind) end
    end
  end
  assert((op.outputs > 1) == (NAMED[op.name] ~= nil), op.name .. ": NAMED says what a second result is")
  local fields = {}
  local shape = op.options[1] and op.options[1].kind == "list of integers"
  for _, each in ipairs(op.options) do
    local kind = KINDS[each.kind]
    if shape then
      names[#names + 1] = "..."
      parameters[#parameters + 1] = ("---@param ... integer|integer[] %s"):format(each.text)
    else
      local required = op.name == "select" or op.name == "narrow"
      names[#names + 1] = each.name
      parameters[#parameters + 1] = ("---@param %s%s %s %s"):format(each.name, required and "" or "?", kind, each.text)
      fields[#fields + 1] = ("%s%s: %s"):format(each.name, required and "" or "?", kind)
    end
  end
  table.move(comment(docs.find("eg." .. op.name).text), 1, 1, #lines + 1, lines)
  table.move(parameters, 1, #parameters, #lines + 1, lines)
  lines[#lines + 1] = "---@return ecgraft.Tensor"
  if NAMED[op.name] then lines[#lines + 1] = "---@return ecgraft.Tensor " .. NAMED[op.name] end
  if #fields > 0 then
    call[#call + 1] = ("options: {%s}"):format(table.concat(fields, ", "))
    lines[#lines + 1] = ("---@overload fun(%s): ecgraft.Tensor%s"):format(table.concat(call, ", "),
      NAMED[op.name] and ", ecgraft.Tensor" or "")
  end
  lines[#lines + 1] = ("function %s%s%s(%s) end"):format(holder, method and ":" or ".", op.name, table.concat(names, ", "))
  lines[#lines + 1] = ""
end

local function ops_file()
  local lines = {"---@meta", "-- Written by scripts/annotations.lua from what the core says of its ops.", "",
    "---@class ecgraft", "local eg = {}", "", "---@class ecgraft.Tensor", "local Tensor = {}", ""}
  for _, op in ipairs(core.describe_ops()) do
    if not op.inputs[1]:find "%.%.%.$" then -- of a list: eg.cat and eg.stack are in Lua
      op_lines(lines, op, "eg", false)
      op_lines(lines, op, "Tensor", true)
    end
  end
  lines[#lines] = nil
  return table.concat(lines, "\n") .. "\n"
end

-- options.lua

-- Types that a table of options says less about than is known: by function and option, or by option.
local TYPES = {
  ["eg.fit.val"] = "ecgraft.Dataset", ["eg.fit.optimizer"] = "ecgraft.Optimizer|fun(parameters: ecgraft.Tensor[]): ecgraft.Optimizer",
  ["eg.fit.task"] = "string|ecgraft.Task", ["eg.fit.schedule"] = "\"constant\"|\"cosine\"|\"one_cycle\"|ecgraft.Schedule",
  ["eg.fit.loss"] = "fun(logits: ecgraft.Tensor, labels: ecgraft.Tensor): ecgraft.Tensor",
  ["eg.fit.penalty"] = "fun(net: ecgraft.Module): ecgraft.Tensor?",
  ["eg.fit.scaler"] = "\"set\"|\"lead\"|\"record\"|\"minmax\"|\"none\"|boolean|ecgraft.Scaler",
  ["eg.fit.augment"] = "fun(x: ecgraft.Tensor, y: ecgraft.Tensor): ecgraft.Tensor, ecgraft.Tensor",
  ["eg.fit.before_epoch"] = "fun(net: ecgraft.Module, epoch: integer, epochs: integer)",
  ["eg.fit.on_step"] = "fun(seen: integer, total: integer)",
  ["eg.fit.on_epoch"] = "fun(row: ecgraft.Epoch, net: ecgraft.Module): boolean?",
  ["eg.data.dataset.signals"] = "ecgraft.Tensor|table", ["eg.data.dataset.scaler"] = "ecgraft.Scaler",
  ["eg.data.dataset.records"] = "string[]", ["eg.data.dataset.ages"] = "(number|false)[]", ["eg.data.dataset.sexes"] = "(string|false)[]",
  ["eg.study.sizes"] = "(integer|\"all\")[]", ["eg.study.seeds"] = "integer[]", ["eg.study.networks"] = "(string|table)[]",
  ["eg.study.strategies"] = "(string|ecgraft.Strategy)[]", ["eg.study.downstream"] = "table<string, any>",
  ["eg.study.upstream"] = "table<string, any>", ["set:split.train"] = "number|integer[]", ["set:split.val"] = "number|integer[]",
  ["set:split.test"] = "number|integer[]", ["eg.optim.schedule.warmup.after"] = "ecgraft.Schedule", betas = "number[]", leads = "string[]",
  ["eg.explain.record.scaler"] = "ecgraft.Scaler", ["eg.predict.task"] = "ecgraft.Task",
}

for _, name in ipairs{"val", "schedule", "loss", "penalty", "scaler", "augment", "before_epoch", "on_epoch"} do
  TYPES["eg.transfer.fit." .. name] = TYPES["eg.fit." .. name]
end
TYPES["eg.transfer.fit.strategy"] = "string|ecgraft.Strategy"
TYPES["eg.transfer.fit.from"] = "string|ecgraft.Module|table<string, ecgraft.Tensor>"
TYPES["eg.transfer.fit.optimizer"] = "\"adam\"|\"adamw\"|\"sgd\"|\"rmsprop\"|fun(groups: table[]): ecgraft.Optimizer"

local function option_type(entry, option)
  local known = TYPES[entry.name .. "." .. option.name] or TYPES[option.name]
  if known and (option.type == "any" or option.type:find "table" or option.type:find "function") then
    return known
  end
  if entry.kind == "op" then return KINDS[option.type] end
  if option.choices then return table.concat(schema.choices(option), "|") end
  return (option.type:gsub("tensor", "ecgraft.Tensor"))
end

--- The class of a function's options: "eg.fit" -> "ecgraft.fit.Options", "set:split" -> "ecgraft.Dataset.split.Options".
local function options_class(name)
  for _, each in ipairs(places.classes) do
    local method = name:match("^" .. each[1] .. ":(.*)$")
    if method then return each[2] .. "." .. method .. ".Options" end
  end
  local best
  for _, each in ipairs(places.modules) do
    if name:sub(1, #each[1] + 1) == each[1] .. "." and (not best or #each[1] > #best[1]) then best = each end
  end
  return declared.class_of(best) .. name:sub(#best[1] + 1) .. ".Options"
end

local function options_file()
  local lines = {"---@meta", "-- Written by scripts/annotations.lua from the tables of options. A field with ? may be left out."}
  for _, entry in ipairs(docs.all()) do
    if entry.kind ~= "op" and #entry.options > 0 then
      lines[#lines + 1] = ""
      lines[#lines + 1] = ("--- Options of %s."):format(entry.name)
      lines[#lines + 1] = "---@class " .. options_class(entry.name)
      for _, option in ipairs(entry.options) do
        local text = option.text
        if option.default and not text:lower():find "default" then text = text .. (" (default %s)"):format(option.default) end
        lines[#lines + 1] = (("---@field %s%s %s %s"):format(option.name, option.required and "" or "?", option_type(entry, option),
          (text:gsub("^%s+", "")))):gsub("%s+$", "")
      end
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

-- The files written by hand: comments from the sources.

local function refreshed(path)
  local all, lines, block = declared.all(), {}, {}
  local name_of = {}
  for name, item in pairs(all) do if item.file == path then name_of[item.line] = name end end
  local number = 0
  for line in io.lines(path) do
    number = number + 1
    if line:find "^%-%-%-" then block[#block + 1] = line
    else
      local entry = name_of[number] and docs.find(name_of[number])
      if entry and entry.name == name_of[number] and entry.file and entry.text ~= "" then
        local fresh = comment(entry.text)
        for _, each in ipairs(block) do if each:find "^%-%-%-@" then fresh[#fresh + 1] = each end end
        block = fresh
      end
      table.move(block, 1, #block, #lines + 1, lines)
      block = {}
      lines[#lines + 1] = line
    end
  end
  table.move(block, 1, #block, #lines + 1, lines)
  return table.concat(lines, "\n") .. "\n"
end

write(folder .. "ops.lua", ops_file())
write(folder .. "options.lua", options_file())
for _, name in ipairs(declared.files) do
  local path = folder .. name .. ".lua"
  if name ~= "ops" and name ~= "options" then write(path, refreshed(path)) end
end

if check and #stale > 0 then
  io.stderr:write("not as the sources say; run scripts/annotations.lua: ", table.concat(stale, ", "), "\n")
  os.exit(1)
end
for _, path in ipairs(stale) do print(path) end
