--- Example records with what the network saw: the 12-lead page, shaded where the network looked, with what each lead adds.
local number_text = require "ecgraft.number_text"
local plot = require "ecgraft.plot"
local summary = require "ecgraft.report.summary"

local examples = {}

local MOST = 12   -- pages; each is 50 to 100 kB of the report
local NARROW = 6  -- s; longer records are too wide to stand beside each other, or to be read on a phone without scrolling

local words = {
  found = "Found: %s, with a probability of %s (threshold %s).",
  missed = "Missed: %s is labelled, but was given a probability of %s (threshold %s).",
  ["false alarm"] = "False alarm: %s is not labelled, but was given a probability of %s (threshold %s).",
}
local methods = {
  gradcam = "Shade: Grad-CAM over time.", gradient = "Shade: gradient times input over time, the network has no feature maps.",
}

-- For each set and network the arm that is shown: the first that starts from a pretrained network, else scratch.
local function arm_of(ordered, rows, network, downstream)
  for pass = 1, 2 do
    for _, arm in ipairs(ordered.arms) do
      if (arm.key ~= "scratch") == (pass == 1) then
        local list = {}
        for _, row in ipairs(rows) do
          if row.network == network and row.downstream == downstream and summary.arm_key(row) == arm.key then list[#list + 1] = row end
        end
        if #list > 0 then return arm, list end
      end
    end
  end
end

local function caption_of(row, arm)
  local what = (words[row.kind] or row.kind .. ": %s, probability %s, threshold %s."):format(row.class,
    number_text.fixed(row.probability, 2), number_text.fixed(row.threshold, 2))
  return ("%s Record %s, labelled %s; %s, %s, %s training records. %s"):format(what, row.record, row.labels, row.network, arm.label,
    summary.size_text(row.size), methods[row.method] or "")
end

-- Signals are a tensor (samples, leads) or a list of columns, as plot.ecg takes them.
local function samples_of(signals)
  return type(signals) == "table" and #(signals[1] or {}) or signals:size(1)
end

local function notes_of(row)
  local notes = {}
  for l, change in ipairs(row.leads) do notes[l] = number_text.minus(number_text.signed(change, 2)) end
  return notes
end

--- The pages {{name =, svg =, caption =, wide =}, ...}, and how many more there are than are shown. synthetic: names of synthetic sets.
function examples.figures(ordered, rows, synthetic)
  local list, more = {}, 0
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local arm, found = arm_of(ordered, rows, network, downstream)
      for _, row in ipairs(found or {}) do
        if #list >= MOST then more = more + 1
        else
          list[#list + 1] = {
            name = ("example-%s-%s-%s"):format(downstream, network, row.kind), caption = caption_of(row, arm),
            svg = plot.ecg({
              signals = row.signals, leads = row.lead_names, rate = row.rate, labels = { row.labels }, synthetic = synthetic[downstream],
              name = ("%s: %s"):format(row.record, row.kind .. " " .. row.class),
            }, { paper = "fit", time_weights = #row.time > 0 and row.time or nil, lead_notes = notes_of(row) }),
            wide = samples_of(row.signals) / row.rate > NARROW,
          }
        end
      end
    end
  end
  return list, more
end

return examples
