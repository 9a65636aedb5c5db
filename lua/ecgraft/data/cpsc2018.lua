--- The China Physiological Signal Challenge 2018, in the layout of the PhysioNet/CinC Challenge.
local challenge = require "ecgraft.data.challenge"
local lfs = require "lfs"

-- In the order of the original REFERENCE.csv, 1 to 9.
local classes = {
  {"NORM", "426783006"}, -- sinus rhythm
  {"AF", "164889003"}, -- atrial fibrillation
  {"IAVB", "270492004"}, -- first-degree atrioventricular block
  {"LBBB", "164909002"}, -- left bundle branch block
  {"RBBB", "59118001"}, -- right bundle branch block
  {"PAC", "284470004"}, -- premature atrial contraction
  {"VEB", "164884008"}, -- ventricular ectopic beats
  {"STD", "429622005"}, -- ST depression
  {"STE", "164931005"}, -- ST elevation
}

local function original(dir)
  if lfs.attributes(dir .. "/REFERENCE.csv", "mode") ~= "file" then return nil end
  for name in lfs.dir(dir) do
    if name:find("%.hea$") then return nil end
  end
  return dir .. ": expected the Challenge layout (.hea files), got the set as first published (REFERENCE.csv and .mat files of ECG.data)"
end

--- data.cpsc2018(dir [, options]): a Dataset, or nil and a message. Options as for data.challenge, without path.
return {read = challenge.reader("data.cpsc2018", "CPSC2018", classes, original), classes = classes}
