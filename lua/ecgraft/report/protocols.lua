--- Two protocols side by side: the same networks, sets, arms and sizes, scored under each.
local number_text = require "ecgraft.number_text"
local summary = require "ecgraft.report.summary"

local protocols = {}

local function column(title, align) return { title = title, align = align or "left" } end

local function difference(a, b) return a and b and b - a or nil end

-- paper minus strict, whichever of the two this study is.
local function oriented(here, there, study)
  if study.protocol == "paper" then return there, here end
  return here, there
end

local function names(study)
  return oriented(study.protocol, study.other_protocol, study)
end

--- A row for each cell that both have.
function protocols.table(rows, study)
  local first, second = names(study)
  local list = {}
  for i, row in ipairs(rows) do
    local score, other = oriented(row.score, row.other_score, study)
    local gain, other_gain = oriented(row.gain, row.other_gain, study)
    list[i] = {
      row.downstream, row.network, summary.arm_label(row), summary.size_text(row.size), number_text.fixed(score),
      number_text.fixed(other), number_text.signed(difference(score, other)), gain and number_text.signed(gain),
      other_gain and number_text.signed(other_gain),
    }
  end
  return {
    caption = ("Test %s under two protocols"):format(study.metric_label), rows = list,
    columns = {
      column "set", column "network", column "arm", column("records", "right"), column(first, "right"), column(second, "right"),
      column("difference", "right"), column("gain, " .. first, "right"), column("gain, " .. second, "right"),
    },
    note = "Means over seeds. The difference holds everything in which the two studies differ, not the choice of the epoch alone.",
  }
end

--- One sentence: what the other protocol adds on average.
function protocols.sentence(rows, study)
  local first, second = names(study)
  local sum, higher = 0, 0 ---@type number, integer
  for _, row in ipairs(rows) do
    local score, other = oriented(row.score, row.other_score, study)
    sum = sum + other - score
    if other > score then higher = higher + 1 end
  end
  return ("Over %d cells the scores of the %s protocol are on average %s beside those of the %s protocol; they are higher in %d."):format(
    #rows, second, number_text.minus(number_text.signed(sum / #rows)), first, higher)
end

return protocols
