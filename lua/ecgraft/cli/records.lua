--- The records that arguments of a command name: a header (with or without .hea), a folder (all records in it and below), or a prepared
-- dataset (.h5: all its records).
local lfs = require "lfs"

local records = {}

local function of_set(path, list)
  local set, message = require("ecgraft.data").open(path)
  if not set then return nil, message end
  for i = 1, #set do list[#list + 1] = {name = set.records[i], read = function() return set:record(i) end} end
  return true
end

local function of_folder(path, list)
  local headers, message = require("ecgraft.data.listing").records(path)
  if not headers then return nil, message end
  for _, header in ipairs(headers) do
    list[#list + 1] = {name = header, read = function() return require("ecgraft.data").read_record(header) end}
  end
  return true
end

--- A list of {name, read() --> record, or nil and a message} for a list of paths. nil and a message where a folder has no record or a
-- prepared dataset cannot be opened; whether a single record can be read shows when it is read.
function records.of(paths)
  local list = {}
  for _, path in ipairs(paths) do
    local ok, message = true, nil
    if lfs.attributes(path, "mode") == "directory" then ok, message = of_folder(path, list)
    elseif path:find("%.h5$") then ok, message = of_set(path, list)
    else
      list[#list + 1] = {name = path, read = function() return require("ecgraft.data").read_record(path) end}
    end
    if not ok then return nil, message end
  end
  return list
end

local function bare(name) return (name:match("[^/]*$"):gsub("%.hea$", "")) end

--- The record called `name` (with or without folder and .hea) of a list that came from `path`, or its only one; nil and a message that
-- says which there are.
function records.one(list, name, path)
  if not name and #list == 1 then return list[1].read() end
  local known = {}
  for i, each in ipairs(list) do
    if name and (each.name == name or bare(each.name) == bare(name)) then return each.read() end
    if i <= 5 then known[i] = bare(each.name) end
  end
  return nil, ("%s holds %d records%s: %s%s"):format(path, #list, name and ", none of them " .. name or "; say which with --record NAME",
    table.concat(known, ", "), #list > 5 and ", ..." or "")
end

return records
