--- Data: sets of labelled ECGs, read from where the user unpacked them or made on the spot.
--
-- A new set is one file in this folder and one line here. Each part is loaded when first used.
local named = require "ecgraft.named"

local data = {}

-- ORDER DATA: by name. Each is a field of a module; a reader takes the option `prepared` (prepare.lua).
---@type table<string, {[1]: string, [2]?: string, reader?: true}> module, its field, whether it reads sets
local parts = {
  augment = {"ecgraft.data.augment"},
  challenge = {"ecgraft.data.challenge", "challenge", reader = true},
  chapman = {"ecgraft.data.chapman", "read", reader = true},
  check_parts = {"ecgraft.data.check_parts", "check"},
  check_sources = {"ecgraft.data.prepare", "check_sources"},
  code = {"ecgraft.data.code", "read", reader = true},
  cpsc2018 = {"ecgraft.data.cpsc2018", "read", reader = true},
  csv = {"ecgraft.data.csv", "read"},
  dataset = {"ecgraft.data.dataset", "new"},
  from_hdf5 = {"ecgraft.data.from_hdf5", "read", reader = true},
  from_reader = {"ecgraft.data.from_reader", "read", reader = true},
  from_table = {"ecgraft.data.from_table", "read", reader = true},
  filters = {"ecgraft.data.filters"},
  georgia = {"ecgraft.data.georgia", "read", reader = true},
  is_dataset = {"ecgraft.data.dataset", "is"},
  ningbo = {"ecgraft.data.ningbo", "read", reader = true},
  open = {"ecgraft.data.prepared", "open"},
  ptb = {"ecgraft.data.ptb", "read", reader = true},
  ptbxl = {"ecgraft.data.ptbxl", "read", reader = true},
  read_annotations = {"ecgraft.data.annotations", "read"},
  read_record = {"ecgraft.data.record", "read"},
  scaler = {"ecgraft.data.scaler"},
  sph = {"ecgraft.data.sph", "read", reader = true},
  synthetic = {"ecgraft.data.synthetic", "synthetic"},
  write_layout = {"ecgraft.data.write_layout", "write"},
  write_wfdb = {"ecgraft.data.write_wfdb", "write"},
}

return setmetatable(data, {parts = parts, __index = function(_, name)
  local part = parts[name]
  if not part then return nil end
  local value = require(part[1])
  if part[2] then value = value[part[2]]
  elseif type(value) == "table" then named.module(value, "eg.data." .. name) end
  if part.reader then value = require("ecgraft.data.prepare").reader("data." .. name, value) end
  rawset(data, name, value)
  return value
end})
