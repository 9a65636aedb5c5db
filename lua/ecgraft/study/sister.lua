--- A study beside its sister in another folder, the same runs under the other protocol: what selecting on the test set pretends.
local gather = require "ecgraft.study.gather"
local summary = require "ecgraft.report.summary"

local sister = {}

local function gain_of(ordered, network, downstream, arm, size, metric)
  local with = ordered:score(network, downstream, arm, size, metric)
  local without = ordered:score(network, downstream, ordered.arms[1], size, metric)
  return with.n > 0 and without.n > 0 and with.mean - without.mean or nil
end

--- Rows {network, upstream, downstream, strategy, size, score, other_score, gain, other_gain} of the cells that both studies have, in this
-- study's metric. found, other_found: what gather.runs found.
function sister.compare(spec, found, other_found)
  local here, there = summary.new(spec, found.runs), summary.new(spec, other_found.runs)
  local rows = {}
  for _, downstream in ipairs(here.downstream) do
    for _, network in ipairs(here.networks) do
      for a, arm in ipairs(here.arms) do
        for _, size in ipairs(here:sizes_of(network, downstream)) do
          local score = here:score(network, downstream, arm, size, spec.metric)
          local other = there:score(network, downstream, arm, size, spec.metric)
          if score.n > 0 and other.n > 0 then
            local row = {network = network, downstream = downstream, upstream = arm.upstream, strategy = arm.strategy, size = size,
              score = score.mean, other_score = other.mean}
            if a > 1 then
              row.gain = gain_of(here, network, downstream, arm, size, spec.metric)
              row.other_gain = gain_of(there, network, downstream, arm, size, spec.metric)
            end
            rows[#rows + 1] = row
          end
        end
      end
    end
  end
  return rows
end

--- The rows against the study in `folder`, and its protocol; {} and a note in words where there is none to compare with. `read` gives the
-- study.json of a folder.
function sister.rows(spec, found, folder, read)
  local other, message = read(folder)
  if not other then return {}, nil, "compare_with: " .. message end
  local rows = sister.compare(spec, found, gather.runs(folder, other.plan))
  if #rows == 0 then return {}, nil, ("compare_with: %s has no finished run that this study has too"):format(folder) end
  return rows, other.protocol
end

return sister
