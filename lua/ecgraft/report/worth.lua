--- What pretraining is worth, as tables and in words. The numbers come from elsewhere: see report/init.lua for the rows.
local number_text = require "ecgraft.number_text"
local summary = require "ecgraft.report.summary"

local worth = {}

local function column(title, align)
  return { title = title, align = align or "left" }
end

local DIGITS = 3 -- of what was read off a fitted curve: more would be noise
local MOST = 100 -- times as many records: beyond, a curve over the sizes that were trained says nothing

-- 1439 is "1,440", 2519411 "2,520,000".
local function rounded(value)
  local unit = 10.0 ^ math.max(0, math.floor(math.log(math.max(1, value), 10) + 1e-9) - DIGITS + 1)
  return number_text.count(math.floor(value / unit + 0.5) * unit)
end

-- A number of records: whole, "more than scratch reaches" as a sign.
local function records_text(value)
  if value == math.huge then return "∞" end
  return value and number_text.count(math.floor(value + 0.5)) or nil
end

-- The same for a number that comes from a curve.
local function estimate_text(value)
  if value == math.huge then return "∞" end
  return value and rounded(value) or nil
end

local function times_text(value)
  if not value then return nil end
  if value == math.huge then return "∞" end
  if value > MOST then return ">" .. MOST end
  return number_text.fixed(value, value < 10 and 2 or 1)
end

-- How a row's worth and the ends of its interval are shown: no number beyond MOST times its records.
local function worth_texts(row)
  local most = row.records and MOST * row.records or math.huge
  return function(value)
    if value and value > most and value < math.huge then return ">" .. rounded(most) end
    return estimate_text(value)
  end
end

local function range(low, high, text_of)
  if not low or not high then return nil end
  return ("[%s, %s]"):format(text_of(low), text_of(high))
end

local function matches(row, network, downstream, arm)
  return row.network == network and row.downstream == downstream and (not arm or summary.arm_key(row) == arm.key)
end

--- Calls fn(row, arm) for the rows in the order of the report.
local function in_order(ordered, rows, fn)
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      for _, arm in ipairs(ordered.arms) do
        local group = {}
        for _, row in ipairs(rows) do
          if matches(row, network, downstream, arm) then group[#group + 1] = row end
        end
        table.sort(group, function(a, b) return summary.size_before(a.size, b.size) end)
        for i, row in ipairs(group) do fn(row, arm, i == 1) end
      end
    end
  end
end

--- The row of `rows` for a network, a set and an arm.
function worth.find(rows, network, downstream, arm)
  for _, row in ipairs(rows) do if matches(row, network, downstream, arm) then return row end end
end

-- What makes a number that is read off the curve a rough guess: a curve that does not fit; a number beyond the sizes though the measured
-- means reach the score within them; one beyond the sizes of a curve whose limit the data did not tell.
-- Returns it in short, for a table, and in a sentence; nil where there is none.
local function remark_of(row)
  if row.fit == "poor" then return "rough: poor fit", "a rough guess: the curve fits scratch badly" end
  if not row.extrapolated then return nil end
  if row.measured then return "rough: misses means", "a rough guess: the curve misses the means, which reach that score" end
  if row.fit ~= "bound" then return nil end
  return "rough: limit not told", "a rough guess: the sizes do not tell the curve's limit"
end

--- Records saved: what fine-tuning with n records is worth in records from scratch.
function worth.saved(ordered, rows, study)
  local list, remarks = {}, false
  in_order(ordered, rows, function(row, arm, first)
    local text = worth_texts(row)
    local remark = remark_of(row)
    remarks = remarks or remark ~= nil
    list[#list + 1] = {
      row.downstream, row.network, arm.label, summary.size_text(row.size), number_text.fixed(row.score),
      text(row.worth) .. (row.extrapolated and " *" or ""), range(row.low, row.high, text),
      times_text(row.ratio), range(row.ratio_low, row.ratio_high, times_text), row.measured and rounded(row.measured),
      remark or "", rule = first,
    }
  end)
  local columns = {
    column "set", column "network", column "arm", column("records", "right"), column("mean " .. study.metric_label, "right"),
    column("worth, from scratch", "right"), column("interval", "right"), column("times", "right"), column("interval", "right"),
    column("between the means", "right"),
  }
  if remarks then columns[#columns + 1] = column "remark" end
  return {
    caption = "What pretraining is worth in records", rows = list, columns = columns,
    note = "The number of records with which the fitted curve of scratch reaches the arm's mean score, and how many times the arm's own. "
      .. "Between the means: the same read off scratch's measured means, evenly in log n, where the score lies inside them. "
      .. "* outside the sizes that were trained from scratch: extrapolated. ∞: above the curve's limit. "
      .. (remarks and "Rough: a guess, for the curve fits scratch badly, or misses means that reach the score, or is read beyond the sizes "
        .. "though they do not tell its limit. " or "")
      .. ("A number beyond %d times as many records is not told. Intervals over seeds."):format(MOST),
  }
end

--- The size from which on no gain is shown.
function worth.break_even(ordered, rows)
  local list = {}
  in_order(ordered, rows, function(row, arm, first)
    local text, size
    if not row.shown then text = "no gain at the smallest size"
    elseif row.size then text, size = "from about " .. estimate_text(row.estimate), records_text(row.size)
    else text = ("shown up to %s"):format(records_text(row.largest)) end
    list[#list + 1] = { row.downstream, row.network, arm.label, text, size, rule = first }
  end)
  return {
    caption = "Break-even: from how many records on no gain is shown", rows = list,
    columns = { column "set", column "network", column "arm", column "no gain shown", column("first size without one", "right") },
    note = "Not shown: the interval of the gain holds zero or lies below it; with few seeds that may be the interval's width and not the "
      .. "gain's loss. Between two sizes the lower end is taken to fall evenly in log n.",
  }
end

--- Areas under the score against log n.
function worth.areas(ordered, rows, study)
  local list = {}
  in_order(ordered, rows, function(row, arm, first)
    list[#list + 1] = {
      row.downstream, row.network, arm.label, tostring(row.sizes), number_text.fixed(row.area), number_text.fixed(row.scratch),
      number_text.signed(row.area - row.scratch), range(row.low, row.high, number_text.signed), tostring(row.seeds), rule = first,
    }
  end)
  return {
    caption = ("Area under %s against training-set size"):format(study.metric_label), rows = list,
    columns = {
      column "set", column "network", column "arm", column("sizes", "right"), column("area", "right"), column("scratch's", "right"),
      column("gain", "right"), column("interval", "right"), column("seeds", "right"),
    },
    note = "Over log n, divided by its width: the mean score over all sizes, one number for a curve. Interval: Student's, over seeds.",
  }
end

local fits = { poor = "fits badly", bound = "limit on its bound" }

--- The curves of the scratch arm.
function worth.curves(ordered, rows, study)
  local list = {}
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local row = worth.find(rows, network, downstream)
      if row then
        local three = function(value) return number_text.fixed(value) end
        list[#list + 1] = {
          downstream, network, tostring(row.sizes), three(row.a), range(row.a_low, row.a_high, three), number_text.short(row.b, 3),
          three(row.c), range(row.c_low, row.c_high, three), three(row.y[#row.y]), range(row.last_low, row.last_high, three),
          row.distance and ("%s at %s"):format(number_text.signed(row.distance), records_text(row.distance_at)),
          row.fit_p and number_text.p_value(row.fit_p), fits[row.fit] or "",
        }
      end
    end
  end
  return {
    caption = ("%s from scratch as a - b n^-c"):format(study.metric_label), rows = list,
    columns = {
      column "set", column "network", column("sizes", "right"), column("a, the limit", "right"), column("interval", "right"),
      column("b", "right"), column("c", "right"), column("interval", "right"), column("at the largest size", "right"),
      column("interval", "right"), column("furthest mean", "right"), column("p of the fit", "right"), column "remark",
    },
    note = "Robust least squares over all sizes and seeds. Intervals: seeds drawn anew at each size. Furthest mean: the largest distance "
      .. "of a measured mean from the curve, and its size. p: F test of the means' distances against the spread of the seeds; small where "
      .. "the score does not follow such a curve. A limit on its bound (1) was not found in the data: so many sizes do not tell it.",
  }
end

--- How soon each arm is where scratch was at its best on validation.
function worth.reached(ordered, rows)
  local list = {}
  in_order(ordered, rows, function(row, arm, first)
    list[#list + 1] = {
      row.downstream, row.network, arm.label, summary.size_text(row.size), ("%d of %d"):format(row.reached, row.seeds),
      row.epochs and number_text.fixed(row.epochs, 1), row.scratch_epochs and number_text.fixed(row.scratch_epochs, 1),
      row.seconds and number_text.duration(row.seconds), row.seconds_with_pretraining
        and number_text.duration(row.seconds_with_pretraining),
      row.scratch_seconds and number_text.duration(row.scratch_seconds), rule = first,
    }
  end)
  return {
    caption = "Until scratch's best validation score is reached", rows = list,
    columns = {
      column "set", column "network", column "arm", column("records", "right"), column("seeds that reach it", "right"),
      column("epochs", "right"), column("scratch's epochs", "right"), column("time", "right"), column("with pretraining", "right"),
      column("scratch's time", "right"),
    },
    note = "Each run against the scratch run of its seed; means over the seeds that reach it. "
      .. "The whole pretraining is added, as if for one run.",
  }
end

--- A sentence or two for the verdict of a network, a set and an arm, or "".
function worth.sentence(rows, gain)
  local arm = { key = summary.arm_key(gain) }
  local parts = {}
  local lost = worth.find(rows.break_even, gain.network, gain.downstream, arm)
  if not (lost and lost.shown) then return "" end
  local saved
  for _, row in ipairs(rows.saved) do
    if matches(row, gain.network, gain.downstream, arm) and (not saved or summary.size_before(row.size, saved.size)) then saved = row end
  end
  if saved and saved.worth == math.huge then
    local _, remark = remark_of(saved)
    parts[1] = ("With %s records it did better than scratch is expected to with any number%s."):format(summary.size_text(saved.size),
      remark and ", " .. remark or "")
  elseif saved then
    local function in_words(text, before) return text:find "^>" and text:gsub("^>", "more than ") or (before or "") .. text end
    local sure = saved.ratio_low and saved.ratio_high and (", interval %s to %s"):format(in_words(times_text(saved.ratio_low)),
      in_words(times_text(saved.ratio_high))) or ""
    local _, remark = remark_of(saved)
    parts[1] = ("With %s records it was worth %s from scratch (%s times%s%s)%s."):format(summary.size_text(saved.size),
      in_words(worth_texts(saved)(saved.worth), "about "), in_words(times_text(saved.ratio)), sure,
      saved.extrapolated and ", extrapolated" or "", remark and (", %s%s"):format(remark,
        saved.measured and (" (between the measured means: about %s)"):format(rounded(saved.measured)) or "") or "")
  end
  if lost.size then parts[#parts + 1] = ("From about %s records on no gain is shown."):format(estimate_text(lost.estimate))
  else parts[#parts + 1] = ("A gain is shown up to %s records."):format(records_text(lost.largest)) end
  return table.concat(parts, " ")
end

return worth
