--- The gains of a study in words. The intervals and p values come from elsewhere; here they are only read.
--
-- One comparison (network, upstream, downstream, strategy, size) counts as
--   clear   where the interval leaves 0 out and the adjusted p value is below 0.05,
--   likely  where the interval leaves 0 out but the test does not confirm it,
--   open    where the interval holds 0, or there is none.
local number_text = require "ecgraft.number_text"
local summary = require "ecgraft.report.summary"
local worth = require "ecgraft.report.worth"

local verdict = {}

local LEVEL = 0.05

--- The smallest two-sided p value that an exact sign-flip test over n seeds can give: 2 / 2^n.
function verdict.smallest_p(n)
  return 2 / 2 ^ n
end

--- The fewest seeds with which that test can pass at 5 % after Holm's adjustment for so many comparisons.
function verdict.seeds_needed(comparisons)
  local n = 1
  while math.max(1, comparisons) * verdict.smallest_p(n) >= LEVEL do n = n + 1 end
  return n
end

--- "better", "worse" or "open", and "clear", "likely" or "open".
function verdict.classify(gain)
  local low, high = gain.low, gain.high
  if not low or not high or (low <= 0 and high >= 0) then return "open", "open" end
  local p = gain.p_holm or gain.p
  return low > 0 and "better" or "worse", p and p < LEVEL and "clear" or "likely"
end

local function join(list, word)
  if #list < 2 then return list[1] or "" end
  return table.concat(list, ", ", 1, #list - 1) .. " " .. word .. " " .. list[#list]
end

-- "at 50 and 100 training records"; where the group is all there is, "at every size, 50 to all training records".
local function sizes_text(gains, total)
  local texts = {}
  for i, gain in ipairs(gains) do texts[i] = summary.size_text(gain.size) end
  if #gains == total and total > 2 then
    return ("at every size, %s to %s training records"):format(texts[1], texts[#texts])
  end
  return ("at %s training records"):format(join(texts, "and"))
end

local function largest(gains)
  local best = gains[1]
  for _, gain in ipairs(gains) do
    if math.abs(gain.mean or 0) > math.abs(best.mean or 0) then best = gain end
  end
  return best
end

-- The difference, or the largest of several, with its interval.
local function effect_text(gains, label)
  local best = largest(gains)
  local which = #gains > 1 and ("most at %s: "):format(summary.size_text(best.size)) or ""
  return which .. number_text.minus(("%s %s, 95%% interval %s to %s"):format(number_text.signed(best.mean), label,
    number_text.signed(best.low), number_text.signed(best.high)))
end

local function fewest_seeds(gains)
  local seeds = math.huge
  for _, gain in ipairs(gains) do seeds = math.min(seeds, gain.n_seeds or math.huge) end
  return seeds
end

-- comparisons: how many there are in the whole table, for which Holm adjusts.
local function certainty_text(gains, clear, likely, comparisons)
  local decided, seeds = clear + likely, fewest_seeds(gains)
  if decided == 0 then return "Open: the intervals hold zero." end
  if likely == 0 then return "Clear: interval and test over seeds agree." end
  if clear > 0 then
    return ("Clear at %d of %d sizes; likely at the others, where the interval alone leaves zero out."):format(clear, decided)
  end
  if seeds == 1 then return "One seed alone: the intervals leave zero out over test records, and say nothing of other seeds." end
  if seeds < verdict.seeds_needed(comparisons) then
    return ("Likely: the intervals leave zero out, but %d seed%s too few to test it%s."):format(seeds, seeds == 1 and " is" or "s are",
      comparisons > 1 and (" among %d comparisons"):format(comparisons) or "")
  end
  return "Likely: the intervals leave zero out, but the test over seeds does not confirm it."
end

-- A sentence or two about the gains of one network, set and arm, in the order of their sizes.
local function sentence(gains, label, comparisons)
  local groups = { better = {}, worse = {}, open = {} }
  local clear, likely = 0, 0
  for _, gain in ipairs(gains) do
    local direction, certainty = verdict.classify(gain)
    table.insert(groups[direction], gain)
    if certainty == "clear" then clear = clear + 1 elseif certainty == "likely" then likely = likely + 1 end
  end
  local parts = {}
  for _, direction in ipairs { "better", "worse" } do
    local group = groups[direction]
    if #group > 0 then
      parts[#parts + 1] = ("was %s than from scratch %s (%s)"):format(direction, sizes_text(group, #gains), effect_text(group, label))
    end
  end
  if #groups.open > 0 then
    parts[#parts + 1] = (#parts == 0 and "showed no clear difference from scratch " or "showed no clear difference ")
      .. sizes_text(groups.open, #gains)
  end
  local direction = "open"
  if #groups.worse == 0 and #groups.better > 0 then direction = "better"
  elseif #groups.better == 0 and #groups.worse > 0 then direction = "worse" end
  local first = gains[1]
  return ("On %s, %s (%s) %s."):format(first.downstream, first.network, summary.arm_label(first), join(parts, "and")), direction,
    certainty_text(gains, clear, likely, comparisons)
end

--- Gains grouped by network, downstream set and arm, in the summary's order; each group in the order of sizes.
function verdict.groups(gains, ordered)
  local groups = {}
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      for _, arm in ipairs(ordered.arms) do
        local group = {}
        for _, gain in ipairs(gains) do
          if gain.network == network and gain.downstream == downstream and summary.arm_key(gain) == arm.key then
            group[#group + 1] = gain
          end
        end
        table.sort(group, function(a, b) return summary.size_before(a.size, b.size) end)
        if #group > 0 then groups[#groups + 1] = group end
      end
    end
  end
  return groups
end

--- Verdicts {text, certainty, direction} from gains, one for each network, downstream set and arm. `found` may hold the rows saved and
-- break_even, which are put into words behind a gain.
function verdict.compose(gains, ordered, label, found)
  local verdicts = {}
  for i, group in ipairs(verdict.groups(gains, ordered)) do
    local text, direction, certainty = sentence(group, label, #gains)
    local more = found and found.saved and worth.sentence(found, group[1]) or ""
    if more ~= "" then text = text .. " " .. more end
    verdicts[i] = { text = text, direction = direction, certainty = certainty }
  end
  return verdicts
end

--- One sentence for each arm over all networks and sets, at the smallest and at the largest training sets where there are several sizes;
-- for studies of many cells.
function verdict.overview(gains, ordered)
  local by_arm, sentences = {}, {}
  for _, group in ipairs(verdict.groups(gains, ordered)) do
    local key = summary.arm_key(group[1])
    local count = by_arm[key] or { groups = 0, first = { better = 0, worse = 0, open = 0 }, last = { better = 0, worse = 0, open = 0 } }
    by_arm[key] = count
    count.groups = count.groups + 1
    count.several = count.several or #group > 1
    for place, gain in pairs { first = group[1], last = group[#group] } do
      local direction = verdict.classify(gain)
      count[place][direction] = count[place][direction] + 1
    end
  end
  for _, arm in ipairs(ordered.arms) do
    local count = by_arm[arm.key]
    if count then
      local label = arm.label:gsub("^%l", string.upper)
      local first, last = count.first, count.last
      sentences[#sentences + 1] = not count.several
        and ("%s: better than scratch in %d of %d cases and worse in %d."):format(label, first.better, count.groups, first.worse)
        or ("%s: at the smallest training sets better than scratch in %d of %d cases and worse in %d, "
        .. "at the largest better in %d and worse in %d."):format(label, first.better, count.groups, first.worse, last.better, last.worse)
    end
  end
  return sentences
end

--- One sentence over all comparisons.
function verdict.headline(gains)
  if #gains == 0 then return "There is no comparison yet." end
  local count = { better = 0, worse = 0, open = 0 }
  local clear = 0
  for _, gain in ipairs(gains) do
    local direction, certainty = verdict.classify(gain)
    count[direction] = count[direction] + 1
    if certainty == "clear" then clear = clear + 1 end
  end
  local text = ("Of %d comparison%s of transfer with training from scratch, %d favoured transfer, %d favoured scratch and %d left "
    .. "it open"):format(#gains, #gains == 1 and "" or "s", count.better, count.worse, count.open)
  local decided = count.better + count.worse
  if decided == 0 then return text .. "." end
  if decided == 1 then
    return text .. ("; the decided one is %sconfirmed by the test over seeds."):format(clear == 1 and "" or "not ")
  end
  return text .. ("; %s of the %d decided ones %s confirmed by the test over seeds."):format(clear == 0 and "none" or tostring(clear),
    decided, clear == 1 and "is" or "are")
end

return verdict
