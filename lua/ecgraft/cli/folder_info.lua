--- What `ecgraft info` says of a folder: the WFDB records in it and below, counted by their headers; the prepared datasets and models in
-- it; the study or the unfinished preparation that it is.
local files = require "ecgraft.files"
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"

local folder_info = {}

local MOST = 12 -- findings that are named

local function plural(count, word) return ("%s %s%s"):format(number_text.count(count), word, count == 1 and "" or "s") end

--- Counts by key: a list of {key, count}, the most frequent first.
local function ranked(counts)
  local list = {}
  for _, key in ipairs(options.names(counts)) do list[#list + 1] = {key, counts[key]} end
  table.sort(list, function(a, b)
    if a[2] ~= b[2] then return a[2] > b[2] end
    return a[1] < b[1]
  end)
  return list
end

--- "12 leads" of one kind, "12 leads (97), 3 leads (3)" of several.
local function kinds(counts)
  local list, parts = ranked(counts), {}
  for i = 1, math.min(#list, 4) do
    parts[i] = list[i][1] .. (#list > 1 and (" (%s)"):format(number_text.count(list[i][2])) or "")
  end
  return table.concat(parts, ", ") .. (#list > 4 and ", ..." or "")
end

--- What the headers say: nothing of the signals is read.
local function of_records(paths)
  local header = require("ecgraft.core").wfdb.header
  local comments = require "ecgraft.data.comments"
  local rates, leads, found = {}, {}, {}
  local unsaid, damaged, first = 0, 0, nil ---@type integer, integer, string?
  local seconds, shortest, longest = 0, math.huge, 0 ---@type number, number, number
  local function count(counts, key) counts[key] = (counts[key] or 0) + 1 end
  for _, path in ipairs(paths) do
    local read, message = header(path)
    if not read then
      damaged, first = damaged + 1, first or message
    else
      if read.length > 0 then
        local length = read.length / read.rate
        seconds, shortest, longest = seconds + length, math.min(shortest, length), math.max(longest, length)
      else unsaid = unsaid + 1 end -- a header may leave it to the files
      count(rates, ("%g Hz"):format(read.rate))
      count(leads, plural(#read.signals, "lead"))
      for _, each in ipairs(comments.findings(comments.fields(read.comments)) or {}) do count(found, each) end
    end
  end
  local known = #paths - damaged
  ---@type string[], table<string, any>
  local lines, plain = {plural(#paths, "WFDB record")}, {records = #paths, damaged = damaged}
  if known > 0 then
    lines[1] = ("%s: %s, %s"):format(lines[1], kinds(leads), kinds(rates))
    plain.leads, plain.rates = leads, rates
    if known > unsaid then
      local from, to = ("%g"):format(shortest), ("%g"):format(longest)
      lines[1] = ("%s, %s s each; %s in all"):format(lines[1], from == to and to or from .. " to " .. to, number_text.duration(seconds))
      plain.seconds, plain.shortest, plain.longest = seconds, shortest, longest
    end
    if unsaid > 0 then
      lines[2] = ("%s without the length of the record"):format(plural(unsaid, "header"))
      plain.without_length = unsaid
    end
  end
  local list = ranked(found)
  if #list > 0 then
    local parts = {}
    for i = 1, math.min(MOST, #list) do parts[i] = ("%s %s"):format(list[i][1], number_text.count(list[i][2])) end
    lines[#lines + 1] = "findings: " .. table.concat(parts, ", ") .. (#list > MOST and (", ... (%d)"):format(#list) or "")
    plain.findings = found
  end
  if damaged > 0 then
    lines[#lines + 1] = ("%s cannot be read; the first: %s"):format(plural(damaged, "header"), first)
  end
  return lines, plain
end

local kind_of = {model = "a model", checkpoint = "the checkpoint of a training", dataset = "a prepared dataset"}

local function of_hdf5(folder, name)
  local attributes, message = require("ecgraft.core").store.attributes(folder .. "/" .. name)
  if not attributes then return message, {file = name, kind = "damaged"} end
  local kind = attributes.ecgraft_kind
  return ("%s: %s"):format(name, kind_of[kind] or "arrays"), {file = name, kind = kind or "arrays"}
end

--- Lines and a plain table, or nil and a message where there is nothing in the folder that the library knows.
function folder_info.of(folder)
  local names, message = files.names(folder)
  if not names then return nil, message end
  local lines, plain, parts, arrays = {}, {kind = "folder", files = {}}, 0, 0
  if files.exists(folder .. "/study.json") then
    lines[1] = "the folder of a study: ecgraft status tells how far it is"
    plain.study = true
  end
  for _, name in ipairs(names) do
    if name:find "^%d+%.h5$" and folder:find "%.parts/*$" then parts = parts + 1
    elseif name:find "%.npy$" then arrays = arrays + 1
    elseif name:find "%.h5$" then
      local file
      lines[#lines + 1], file = of_hdf5(folder, name)
      table.insert(plain.files, file)
    end
  end
  if parts > 0 then
    lines[#lines + 1] = ("%s of a prepared dataset that is not finished: the same call goes on with them"):format(plural(parts, "part"))
    plain.parts = parts
  end
  if arrays > 0 then
    local whole = files.exists(folder .. "/network.json") and ", as ecgraft export --npy writes them" or ""
    lines[#lines + 1] = ("%s of NumPy%s"):format(plural(arrays, "array"), whole)
    plain.arrays = arrays
  end
  local paths, why = require("ecgraft.data.listing").records(folder)
  if paths then
    local said, counted = of_records(paths)
    table.move(said, 1, #said, #lines + 1, lines)
    for key, value in pairs(counted) do plain[key] = value end
  elseif #lines == 0 then
    return nil, why
  end
  table.insert(lines, 1, folder .. ":")
  for i = 2, #lines do lines[i] = "  " .. lines[i] end
  return lines, plain
end

return folder_info
