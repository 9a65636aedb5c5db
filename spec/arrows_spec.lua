--- ARCHITECTURE.md's arrows: a folder uses what stands above it in its list, never what stands below. Reads every #include
-- under csrc and every require under lua/ecgraft.
local files = require("spec.support.files")

-- The folders of csrc, from the ground up. ORDER HOUSE: as in ARCHITECTURE.md.
local C_FOLDERS = { "base", "kernels", "tensor", "autograd", "optim", "ecg", "store", "stats", "lua" }

-- The public header of each folder; one that is not named here belongs to the folder of its name.
local PUBLIC = {
  base = { "status", "memory", "random", "parallel", "real" },
  tensor = { "tensor" },
  autograd = { "autograd", "folded_conv1d", "ops" },
  ecg = { "augment", "filter", "fit", "quality", "signal", "synth", "wfdb" },
  store = { "checksum", "dtype", "mat", "npy", "output", "safetensors", "store", "stream" },
  stats = { "linear_svm", "metrics", "stats", "transferability" },
}

-- Foreign headers and the only files that may include them (Lua patterns).
local ONLY = {
  ["lua.h"] = "^csrc/lua/", ["lauxlib.h"] = "^csrc/lua/", ["lualib.h"] = "^csrc/lua/",
  ["hdf5.h"] = "^csrc/store/", ["hdf5_hl.h"] = "^csrc/store/",
  ["FLAC/stream_decoder.h"] = "^csrc/ecg/wfdb_flac%.c$",
  ["cblas.h"] = "^csrc/kernels/blas%.c$", ["lapacke.h"] = "^csrc/kernels/blas%.c$",
}

-- The modules of lua/ecgraft, from the ground up; those of one line may use each other. A module that consists of a folder
-- counts by the folder's name, unless one of its files is named here: nn/file.lua is behind nn.load and net:save, but builds any
-- network and its scaler. A new module: a word in its line.
local LUA_LEVELS = {
  "core short_spin",
  "colon interruption keywords measure_label named near options pytorch_names recording",
  "arrays atomic_file display files html lock markup number_text plot progress table_text tensor",
  "stats",
  "report", -- of plain tables: it knows no study
  "nn optim metrics stats linear_svm",
  "data",
  "models nn.file",
  "tasks",
  "train",
  "explain export transfer",
  "study",
  "init", -- require "ecgraft"
  "docs meta", -- what they say of all that is above
  "session",
  "repl",
  "kernel notebook",
  "cli",
}

local function index_of(list, wanted)
  for i, name in ipairs(list) do
    if name == wanted then return i end
  end
end

local function public_owner(header)
  for folder, headers in pairs(PUBLIC) do
    if index_of(headers, header) then return folder end
  end
  return header
end

--- The folder of csrc that an include leads to, or nil for a header of the system or of a library.
local function target_of(path, include, quoted)
  local public = include:match("^ecgraft/([%w_]+)%.h$")
  if public then return public_owner(public) end
  if not quoted then return nil end
  return include:match("^([%w_]+)/") or path:match("^csrc/([%w_]+)/")
end

--- What is wrong with a C file's includes, as a list of sentences.
local function c_faults(path, text)
  local faults = {}
  local from = path:match("^csrc/([%w_]+)/")
  local at = from == "include" and index_of(C_FOLDERS, public_owner(path:match("([%w_]+)%.h$"))) or index_of(C_FOLDERS, from)
  if not at then
    return { ("%s: the folder '%s' has no place in the list of folders"):format(path, from) }
  end
  for opening, include in text:gmatch("#%s*include%s*([<\"])([^>\"]+)") do
    local only = ONLY[include]
    if only and not path:find(only) then
      faults[#faults + 1] = ("%s includes %s"):format(path, include)
    end
    local target = target_of(path, include, opening == '"')
    local target_at = target and index_of(C_FOLDERS, target)
    if target and not target_at then
      faults[#faults + 1] = ("%s includes %s: its folder '%s' has no place in the list of folders"):format(path, include, target)
    elseif target_at and target_at > at then
      faults[#faults + 1] = ("%s includes %s: up, from %s to %s"):format(path, include, C_FOLDERS[at], target)
    elseif from == "include" and opening == '"' and not include:find("^ecgraft/") then
      faults[#faults + 1] = ("%s includes %s, which is not public"):format(path, include)
    end
  end
  return faults
end

--- The level of a module, and the name by which it has it: that of the file before that of its folder.
local function lua_level(module)
  local folder = module == "ecgraft" and "init" or module:match("^ecgraft%.([%w_]+)")
  for _, name in ipairs { module:match("^ecgraft%.(.+)") or "init", folder } do
    for level, names in ipairs(LUA_LEVELS) do
      for each in names:gmatch("%S+") do
        if each == name then return level, name, folder end
      end
    end
  end
  return nil, folder, folder
end

--- Text without comments; strings with `--` in them do not occur in require lines.
local function without_comments(text)
  return (text:gsub("%-%-%[(=*)%[.-%]%1%]", ""):gsub("%-%-[^\n]*", ""))
end

local function lua_faults(path, text)
  local faults = {}
  local module = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/", "."):gsub("%.init$", "")
  local at, name, folder = lua_level(module)
  if not at then return { ("%s: the module '%s' has no place in the list of modules"):format(path, name) } end
  for wanted in without_comments(text):gmatch("require%s*%(?%s*[\"'](ecgraft[%w_%.]*)[\"']") do
    local target_at, target, target_folder = lua_level(wanted)
    if not target_at then
      faults[#faults + 1] = ("%s requires %s: '%s' has no place in the list of modules"):format(path, wanted, target)
    elseif target_at > at and folder ~= target_folder then
      faults[#faults + 1] = ("%s requires %s: up, from %s to %s"):format(path, wanted, name, target)
    end
  end
  return faults
end

local function all_faults(paths, judge)
  local faults = {}
  for _, path in ipairs(paths) do
    for _, fault in ipairs(judge(path, files.read(path))) do faults[#faults + 1] = fault end
  end
  return faults
end

describe("the arrows of the house", function()
  it("point down in C", function()
    local sources = files.find("csrc", "%.[ch]$")
    assert.is_true(#sources > 10)
    assert.same({}, all_faults(sources, c_faults))
  end)

  it("point down in Lua", function()
    local sources = files.find("lua/ecgraft", "%.lua$")
    assert.is_true(#sources > 0)
    assert.same({}, all_faults(sources, lua_faults))
  end)

  it("are found where they point up", function()
    local function c(path, include) return #c_faults(path, "#include " .. include .. "\n") end
    assert.equal(0, c("csrc/tensor/x.c", '"kernels/strided.h"'))
    assert.equal(1, c("csrc/kernels/x.c", '"tensor/internal.h"'))
    assert.equal(1, c("csrc/kernels/x.c", '"ecgraft/tensor.h"'))
    assert.equal(1, c("csrc/base/x.c", '"ecgraft/ops.h"'))
    assert.equal(0, c("csrc/optim/x.c", '"ecgraft/autograd.h"'))
    assert.equal(1, c("csrc/include/ecgraft/memory.h", '"ecgraft/tensor.h"'))
    assert.equal(1, c("csrc/include/ecgraft/tensor.h", '"tensor/internal.h"'))
    assert.equal(1, c("csrc/tensor/x.c", "<lua.h>"))
    assert.equal(0, c("csrc/lua/x.c", "<lua.h>"))
    assert.equal(1, c("csrc/stats/x.c", "<hdf5.h>"))
    assert.equal(1, c("csrc/kernels/conv1d.c", "<cblas.h>"))
    assert.equal(0, c("csrc/kernels/blas.c", "<cblas.h>"))
    assert.equal(1, c("csrc/ecg/wfdb_signal.c", "<FLAC/stream_decoder.h>"))
    assert.equal(1, c("csrc/elsewhere/x.c", "<math.h>"))
    local function lua(path, text) return #lua_faults(path, text) end
    assert.equal(0, lua("lua/ecgraft/train.lua", 'local data = require("ecgraft.data")'))
    assert.equal(1, lua("lua/ecgraft/data/init.lua", "local t = require 'ecgraft.train'"))
    assert.equal(1, lua("lua/ecgraft/options.lua", 'require("ecgraft")'))
    assert.equal(0, lua("lua/ecgraft/options.lua", '-- require("ecgraft")'))
    assert.equal(0, lua("lua/ecgraft/nn/file.lua", 'require "ecgraft.models"'))
    assert.equal(1, lua("lua/ecgraft/nn/file.lua", 'require "ecgraft.train"'))
    assert.equal(1, lua("lua/ecgraft/nn/init.lua", 'require "ecgraft.models"'))
    assert.equal(1, lua("lua/ecgraft/unheard_of.lua", ""))
  end)
end)
