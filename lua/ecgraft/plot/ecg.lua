--- plot.ecg: the 12-lead page on ECG paper, at its real size. One unit of the drawing is one millimetre.
local drawn = require "ecgraft.plot.drawn"
local ecg_names = require "ecgraft.plot.ecg_names"
local ecg_page = require "ecgraft.plot.ecg_page"
local ecg_paper = require "ecgraft.plot.ecg_paper"
local ecg_record = require "ecgraft.plot.ecg_record"
local ecg_weights = require "ecgraft.plot.ecg_weights"
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"
local svg = require "ecgraft.plot.svg"
local text_width = require "ecgraft.plot.text_width"
local trace = require "ecgraft.plot.trace"

local ecg = {}

local colors = ecg_paper.colors
local TOLERANCE = 0.04 -- mm: how far the drawn line may be from a sample; a sixth of the line's width

-- Rows of lead names; columns follow each other in time.
local layouts = {
  ["3x4"] = { { "I", "aVR", "V1", "V4" }, { "II", "aVL", "V2", "V5" }, { "III", "aVF", "V3", "V6" } },
  ["6x2"] = { { "I", "V1" }, { "II", "V2" }, { "III", "V3" }, { "aVR", "V4" }, { "aVL", "V5" }, { "aVF", "V6" } },
}

local function single_rows(names)
  local rows = {}
  for i, name in ipairs(names) do rows[i] = { name } end
  return rows
end
layouts["12x1"] = single_rows(ecg_record.standard)

local function has_standard_leads(taken)
  for _, name in ipairs(ecg_record.standard) do
    if not taken.columns[name] then return false end
  end
  return true
end

-- The rows of the page, rhythm strip included, and the name of the layout.
local function choose_rows(o, taken)
  local name = o.layout or (has_standard_leads(taken) and "3x4" or "stack")
  local rows = {}
  table.move(layouts[name] or single_rows(taken.names), 1, layouts[name] and #layouts[name] or #taken.names, 1, rows)
  if o.rhythm ~= "" and (name == "3x4" or name == "6x2") then
    rows[#rows + 1] = { ecg_record.lead_name(o.rhythm), rhythm = true }
  end
  return rows, name
end

local ROW_SECONDS = 10 -- of a single lead

-- Rows of one lead each over stretches of time, {name, from =, seconds =}: all leads for the first o.wrap seconds, then all for the next.
local function wrap_rows(o, rows, layout)
  if o.wrap and (layout == "3x4" or layout == "6x2") then
    error(('plot.ecg: option \'wrap\' needs a layout of one lead a row ("12x1" or "stack"), got "%s"'):format(layout), 3)
  end
  local wrap = o.wrap or #rows == 1 and #rows[1] == 1 and ROW_SECONDS or o.seconds
  if wrap >= o.seconds then return rows, o.seconds end
  local wrapped = {}
  for k = 0, math.ceil(o.seconds / wrap - 1e-9) - 1 do
    for _, row in ipairs(rows) do
      wrapped[#wrapped + 1] = { row[1], from = k * wrap, seconds = math.min(wrap, o.seconds - k * wrap) }
    end
  end
  return wrapped, wrap
end

local function text(canvas, x, y, content, size, more)
  local attributes = { ["font-size"] = size, fill = colors.ink }
  for name, value in pairs(more or {}) do attributes[name] = value end
  canvas:text(x, y, content, attributes)
end

local BADGE = "SYNTHETIC ECG"

local function draw_badge(canvas, right, top)
  local size = 3.6
  local width = text_width.of(BADGE, size, true) + 4
  canvas:rect(right - width, top, width, size + 2.4, { fill = "none", stroke = colors.warn, ["stroke-width"] = 0.5 })
  text(canvas, right - width / 2, top + size + 0.7, BADGE, size,
    { ["text-anchor"] = "middle", ["font-weight"] = "bold", fill = colors.warn })
  return right - width - 4
end

local function draw_header(canvas, record, taken, o, left, right, top)
  local limit = right
  local synthetic = ecg_record.is_synthetic(record)
  if synthetic then limit = draw_badge(canvas, right, top) end
  local name = o.title ~= "" and o.title or tostring(record.name or record.record or record.id or "ECG")
  text(canvas, left, top + 5, text_width.fit(name, 5, limit - left, true), 5, { ["font-weight"] = "bold" })
  local facts = table.concat(ecg_record.facts(record, taken, o.start, o.seconds), " · ")
  text(canvas, left, top + 11.5, text_width.fit(facts, 3.6, right - left), 3.6, { fill = colors.muted })
  return name, synthetic
end

local ORIGIN, SMALL = "synthetic: made by a generator, from no patient", 3.2

local function scales_text(o)
  local scales = ("%s mm/s · %s mm/mV"):format(number_text.short(o.speed), number_text.short(o.gain))
  return o.offset == "median" and scales .. " · lead offsets removed" or scales
end

-- Whether the scales and where a synthetic record comes from have room beside each other below the paper.
local function footer_fits(o, width)
  return text_width.of(scales_text(o) .. ORIGIN, SMALL) + 6 <= width
end

local function draw_footer(canvas, o, synthetic, left, right, y)
  text(canvas, left, y, scales_text(o), SMALL)
  if not synthetic then return end
  if footer_fits(o, right - left) then text(canvas, right, y, ORIGIN, SMALL, { ["text-anchor"] = "end", fill = colors.warn })
  else text(canvas, left, y + 1.3 * SMALL, ORIGIN, SMALL, { fill = colors.warn }) end
end

-- The samples that a cell shows, as pieces of line. `from` is the cell's first second within what was taken.
local function draw_trace(canvas, ink, values, offset, x, baseline, from, seconds, taken, o)
  local rate = taken.rate
  local first = math.ceil(from * rate - 1e-6) + 1
  local last = math.min(#values, math.floor((from + seconds) * rate + 1e-6) + 1)
  for _, piece in ipairs(trace.pieces(values, first, last, TOLERANCE / o.gain)) do
    local points = {}
    for k = 1, #piece, 2 do
      points[k] = x + ((piece[k] - 1) / rate - from) * o.speed
      points[k + 1] = baseline - (piece[k + 1] - offset) * o.gain
    end
    if #points == 2 then points[3], points[4] = points[1], points[2] end
    ink:line(points)
    canvas:polyline(points, {
      class = "eg-ecg-trace", stroke = colors.ink, ["stroke-width"] = 0.25, ["stroke-linejoin"] = "round", ["stroke-linecap"] = "round",
    })
  end
end

-- Draws a row but for its names; adds what was drawn to `ink` and the cells that want names to `cells`.
local function draw_row(canvas, ink, cells, row, x, baseline, height, taken, offsets, o)
  ink:line(ecg_paper.pulse(canvas, x, baseline, o.speed, o.gain))
  local lead_in = ecg_paper.pulse_room(o.speed)
  local start = x + lead_in
  local seconds, row_from = row.seconds or o.seconds / #row, row.from or 0
  for c, name in ipairs(row) do
    local left = start + (c - 1) * seconds * o.speed
    local values = taken.columns[name]
    if o.time_weights then
      local from = o.start + row_from + (c - 1) * seconds
      ink:line(ecg_weights.draw(canvas, o.time_weights, left, baseline, height, from, seconds, taken.rate, o.speed))
    end
    if c > 1 then
      canvas:path(("M%s %sv3M%s %sv3"):format(svg.number(left), svg.number(baseline - 8), svg.number(left), svg.number(baseline + 5)),
        { stroke = colors.ink, ["stroke-width"] = 0.25, fill = "none" })
    end
    if values then draw_trace(canvas, ink, values, offsets[name], left, baseline, row_from + (c - 1) * seconds, seconds, taken, o) end
    local note = o.lead_notes and o.lead_notes[name]
    local label = row_from > 0 and ("%s  %s s"):format(name, number_text.short(o.start + row_from)) or note and name .. "  " .. note or name
    cells[#cells + 1] = {
      name = values and label or name .. " not recorded", left = left, width = seconds * o.speed,
      baseline = baseline, height = height, lead_in = c == 1 and lead_in or nil, alone = #row == 1 and not row.rhythm,
    }
  end
end

-- How far, in mm, the leads of the first row go above their baselines and those of the last below theirs.
local function reach_of(rows, taken, offsets, gain)
  local reach = { up = 0, down = 0 }
  local function include(row, direction, name)
    for _, lead in ipairs(row or {}) do
      for _, value in ipairs(taken.columns[lead] or {}) do
        local far = direction * (value - offsets[lead]) * gain
        if far > reach[name] and far < math.huge then reach[name] = far end
      end
    end
  end
  include(rows[1], 1, "up")
  include(rows[#rows], -1, "down")
  return reach
end

local SECONDS = 10

local schema = {
  seconds = { type = "number", min = 0.1, max = 3600 },
  start = { type = "number", default = 0, min = 0 },
  layout = { type = "string", choices = { "3x4", "6x2", "12x1", "stack" } },
  rhythm = { type = "string", default = "II" },
  speed = { type = "number", default = 25, min = 1, max = 400 },
  gain = { type = "number", default = 10, min = 0.1, max = 400 },
  offset = { type = "string", default = "median", choices = { "median", "none" } },
  title = { type = "string", default = "" },
  wrap = { type = "number", min = 0.1 },
  paper = { type = "string", default = "auto", choices = { "auto", "a4", "fit" } },
  time_weights = { type = "table" },
  lead_notes = { type = "table" },
}

local function check_weights(weights, samples)
  if not weights then return end
  if #weights ~= samples then
    error(("plot.ecg: option 'time_weights' must have a weight for each of the record's %d samples, got %d"):format(samples, #weights), 3)
  end
  for i, weight in ipairs(weights) do
    if type(weight) ~= "number" or weight ~= weight then
      error(("plot.ecg: time_weights[%d] must be a number from 0 to 1, got %s"):format(i, options.show(weight)), 3)
    end
  end
end

-- Notes by the usual names of the leads, from a list in the record's order or a table by name.
local function notes_of(record, given)
  if not given then return nil end
  local notes = {}
  for l, name in ipairs(record.leads) do notes[ecg_record.lead_name(name)] = given[name] or given[l] end
  return notes
end

--- A record on ECG paper as an SVG string, in millimetres: printed at 100 % it can be measured with a ruler.
--   record   {signals =, leads =, rate =, name =, age =, sex =, labels or findings = {...}, synthetic =}: signals in mV, a tensor
--            (samples, leads) or a list of columns; NaN leaves a gap. leads: names in the order of the columns
--            What says that it is synthetic (the field, `source` or one of `comments`) is labelled so
--   seconds  shown, as far as the record has them (default 10)
--   start    the first second shown (default 0)
--   layout   "3x4" (default), "6x2": columns of leads one after the other in time, with a rhythm strip below; "12x1": each lead over the
--            whole time; "stack": the record's own leads, whatever they are (default where one of the twelve is absent)
--   wrap     where each row has one lead, seconds of a row: what is longer goes on in the next rows (default 10 for a single lead)
--   rhythm   the lead of the rhythm strip (default "II"; "" for none)
--   speed    mm a second (default 25)
--   gain     mm a mV (default 10)
--   offset   "median" (default): each lead's median is drawn on its baseline, as the high-pass of an electrocardiograph would do;
--            "none": 0 mV is
--   title    instead of the record's name
--   time_weights  a weight from 0 to 1 for each sample of the record: shaded behind the traces, and as a curve at the foot of each row
--   lead_notes    short texts behind the leads' names: by name, or a list in the record's order. See ecgraft.explain for both
--   paper    "auto" (default): A4 where the record fills it, else as large as what is on it; "a4": A4, landscape, or portrait where only
--            that holds it, and larger where neither does; "fit": as large as what is on it, for a picture among text
function ecg.ecg(record, given)
  local o = options.check("plot.ecg", given, schema)
  local taken = ecg_record.take("plot.ecg", record, o.start, o.seconds or SECONDS)
  -- A shorter record has shorter columns, not empty ones.
  o.seconds = math.min(o.seconds or SECONDS, math.max(1, taken.total / record.rate - o.start))
  check_weights(o.time_weights, taken.total)
  o.lead_notes = notes_of(record, o.lead_notes)
  local rows, layout = choose_rows(o, taken)
  local row_seconds
  rows, row_seconds = wrap_rows(o, rows, layout)
  local paper_width = ecg_page.paper_width(ecg_paper.pulse_room(o.speed) + row_seconds * o.speed)
  local synthetic = ecg_record.is_synthetic(record)
  local offsets = {}
  for name, values in pairs(taken.columns) do offsets[name] = o.offset == "median" and ecg_record.median(values) or 0 end
  local more_footer = synthetic and not footer_fits(o, paper_width) and 1.3 * SMALL or 0
  local page = ecg_page.new(o.paper, #rows, paper_width, more_footer, reach_of(rows, taken, offsets, o.gain))
  local left, right, top, height = page.left, page.right, page.top, page.row
  local canvas = svg.canvas {
    width = page.width, height = page.height, unit = "mm", class = "eg-ecg", color = colors.ink,
    title = ("%sECG %s"):format(synthetic and "Synthetic " or "", tostring(record.name or record.record or record.id or "")),
    desc = ("%d leads, layout %s, %s mm/s, %s mm/mV."):format(#taken.names, layout, number_text.short(o.speed), number_text.short(o.gain)),
  }
  canvas:rect(0, 0, page.width, page.height, { fill = colors.page })
  draw_header(canvas, record, taken, o, left, right, page.above)
  ecg_paper.draw(canvas, left, top, paper_width, page.paper_height)
  -- Traces may leave their row, as on real paper, but not the paper.
  canvas:open("svg", { x = left, y = top, width = paper_width, height = page.paper_height,
    viewBox = ("%s %s %s %s"):format(svg.number(left), svg.number(top), svg.number(paper_width), svg.number(page.paper_height)) })
  local ink, cells = drawn.new(), {}
  for i, row in ipairs(rows) do
    local baseline = top + page.extra + (i - 1) * height + ecg_page.baseline(height)
    draw_row(canvas, ink, cells, row, left, baseline, height, taken, offsets, o)
  end
  ecg_names.draw(canvas, ink, cells, right)
  canvas:close()
  if #rows == 0 then text(canvas, page.width / 2, top + page.paper_height / 2, "no leads", 4, { ["text-anchor"] = "middle" }) end
  draw_footer(canvas, o, synthetic, left, right, top + page.paper_height + 4.5)
  return canvas:finish()
end

return ecg
