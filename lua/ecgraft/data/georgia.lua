--- The Georgia 12-lead ECG Challenge database, in the Challenge layout.
local challenge = require "ecgraft.data.challenge"

-- Nguyen & Do 2025: other codes are dropped, the records kept with no label.
local classes = {
  {"NORM", "426783006"}, -- sinus rhythm
  {"AF", "164889003"}, -- atrial fibrillation
  {"IAVB", "270492004"}, -- first-degree atrioventricular block
  {"SB", "426177001"}, -- sinus bradycardia
  {"LAD", "39732003"}, -- left axis deviation
  {"STach", "427084000"}, -- sinus tachycardia
  {"TAb", "164934002"}, -- T wave abnormal
  {"TInv", "59931005"}, -- T wave inversion
  {"LQT", "111975006"}, -- prolonged QT interval
  {"PAC", "284470004"}, -- premature atrial contraction
}

--- data.georgia(dir [, options]): a Dataset, or nil and a message. Options as for data.challenge, without path.
return {read = challenge.reader("data.georgia", "Georgia", classes), classes = classes}
