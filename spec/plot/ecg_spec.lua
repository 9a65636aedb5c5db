local plot = require "ecgraft.plot"
local xml = require "spec.support.xml"

local NAN = 0 / 0
local LEADS = { "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6" }

-- A record whose leads are 0 mV but where `shape(lead, i)` says otherwise.
local function record_of(rate, seconds, shape, more)
  local record = { name = "r1", rate = rate, leads = LEADS, signals = {} }
  for c, lead in ipairs(LEADS) do
    record.signals[c] = {}
    for i = 1, rate * seconds do record.signals[c][i] = shape and shape(lead, i) or 0 end
  end
  for name, value in pairs(more or {}) do record[name] = value end
  return record
end

local function page_of(record, options)
  return xml.parse(plot.ecg(record, options))
end

local function traces(root)
  local list = {}
  for i, each in ipairs(xml.with_class(root, "eg-ecg-trace")) do list[i] = xml.points(each) end
  return list
end

local function names(root)
  local list = {}
  for _, each in ipairs(xml.find(root, "text")) do
    if each.attributes.style == "paint-order:stroke" then list[#list + 1] = each.text end
  end
  return list
end

local function joined_texts(root)
  return table.concat(xml.texts(root, "text"), "\n")
end

describe("plot.ecg with weights", function()
  -- 8 s: four columns of 2 s; the weight is 1 in the second column's time.
  local weights = {}
  for i = 1, 800 do weights[i] = i > 200 and i <= 400 and 1 or 0 end

  it("shades the time that they name, in each row and on the rhythm strip", function()
    local root = page_of(record_of(100, 8), { time_weights = weights })
    local shades = xml.with_class(root, "eg-ecg-weight")
    assert.equal(4, #shades)
    for _, each in ipairs(shades) do assert.equal(50, tonumber(each.attributes.width)) end -- 2 s at 25 mm/s
    local plain = xml.with_class(page_of(record_of(100, 8)), "eg-ecg-weight")
    assert.equal(0, #plain)
  end)

  it("follows the start of what is shown, and leaves out what is light", function()
    local shades = xml.with_class(page_of(record_of(100, 8),
      { time_weights = weights, start = 3, seconds = 4, layout = "12x1" }), "eg-ecg-weight")
    assert.equal(12, #shades)
    assert.equal(25, tonumber(shades[1].attributes.width)) -- from 3 to 4 s
    local faint = {}
    for i = 1, 800 do faint[i] = 0.09 end
    assert.equal(0, #xml.with_class(page_of(record_of(100, 8), { time_weights = faint }), "eg-ecg-weight"))
  end)

  it("writes notes behind the leads' names", function()
    assert.equal("I  +0.5", names(page_of(record_of(100, 8), { lead_notes = { "+0.5" } }))[1])
    assert.equal("I  +0.5", names(page_of(record_of(100, 8), { lead_notes = { I = "+0.5" } }))[1])
  end)

  it("wants a weight for each sample", function()
    assert.error_matches(function() plot.ecg(record_of(100, 8), { time_weights = { 1, 0 } }) end, "each of the record's 800 samples, got 2")
    weights[7] = NAN
    assert.error_matches(function() plot.ecg(record_of(100, 8), { time_weights = weights }) end, "time_weights%[7%] must be a number")
    weights[7] = 0
  end)
end)

describe("The page of plot.ecg", function()
  local function size(record, options)
    local root = page_of(record, options)
    assert.equal(("0 0 %s %s"):format(root.attributes.width, root.attributes.height):gsub("mm", ""), root.attributes.viewBox)
    return root.attributes.width .. " x " .. root.attributes.height
  end

  it("is A4 where the record fills it", function()
    assert.equal("297mm x 210mm", size(record_of(100, 10)))
    assert.equal("297mm x 210mm", size(record_of(100, 10), { layout = "6x2" }))
    assert.equal("210mm x 297mm", size(record_of(100, 7), { layout = "12x1" }))
  end)

  it("is as large as what is on it elsewhere", function()
    -- The pulse 10, 125 mm of paper, margins of 6; four rows of 30, 12 of margins, 15 above the paper, 6 below.
    assert.equal("147mm x 153mm", size(record_of(100, 5)))
    assert.equal("772mm x 153mm", size(record_of(100, 30), { seconds = 30 }))
    assert.equal("272mm x 293mm", size(record_of(100, 10), { layout = "12x1" }))
    assert.equal("527mm x 153mm", size(record_of(100, 10), { speed = 50 }))
    assert.equal("272mm x 63mm", size { rate = 1, leads = { "II" }, signals = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } } })
    assert.equal("272mm x 153mm", size(record_of(100, 10), { paper = "fit" }))
  end)

  it("is A4 where that is asked for, upright where only that holds the record", function()
    assert.equal("297mm x 210mm", size(record_of(100, 5), { paper = "a4" }))
    assert.equal("210mm x 297mm", size(record_of(100, 5), { paper = "a4", layout = "12x1" }))
    -- A synthetic record's footer has two lines here: the paper gives way.
    assert.equal("210mm x 297mm", size(record_of(100, 5, nil, { synthetic = true }), { paper = "a4", layout = "12x1" }))
    assert.equal("772mm x 210mm", size(record_of(100, 30), { paper = "a4", seconds = 30 }))
  end)

  it("goes on in the next row where a single lead is long", function()
    local long = { rate = 10, leads = { "II" }, signals = { {} } }
    for i = 1, 250 do long.signals[1][i] = i > 200 and 1 or 0 end -- 25 s; 1 mV from 20 s on
    assert.equal("272mm x 123mm", size(long, { seconds = 30 }))
    local root = page_of(long, { seconds = 30 })
    local all = traces(root)
    assert.equal(3, #all)
    assert.same({ "II", "II  10 s", "II  20 s" }, names(root))
    assert.equal(all[1][1][1], all[3][1][1])
    assert.near(30, all[2][1][2] - all[1][1][2], 0.011)
    assert.near(60 - 10, all[3][1][2] - all[1][1][2], 0.011)
    assert.near(25 * 4.9, all[3][#all[3]][1] - all[3][1][1], 0.011) -- 5 s
    assert.equal("647mm x 63mm", size(long, { seconds = 30, wrap = 60 }))
    assert.same({ "II", "II  9 s" }, names(page_of(long, { start = 4, seconds = 10, wrap = 5 })))
  end)

  it("goes on in the next rows with all leads where that is asked for", function()
    local root = page_of(record_of(100, 20), { seconds = 20, wrap = 10, layout = "12x1" })
    assert.equal(24, #traces(root))
    assert.equal("272mm", root.attributes.width)
    assert.equal("V6  10 s", names(root)[24])
    assert.error_matches(function() page_of(record_of(100, 20), { wrap = 10 }) end, "option 'wrap' needs a layout of one lead a row")
  end)

  it("has room for tall waves above the first row and below the last", function()
    local function spike(height) return function(lead, i) return (lead == "I" or lead == "V4") and i % 100 == 50 and height or 0 end end
    assert.equal("147mm x 153mm", size(record_of(100, 5, spike(1.4))))
    assert.equal("147mm x 158mm", size(record_of(100, 5, spike(1.8)))) -- 5 mm above
    assert.equal("147mm x 173mm", size(record_of(100, 5, spike(20)))) -- at most 20
    for _, height in ipairs { 1.8, 2.4, 3.3 } do
      local root = page_of(record_of(100, 5, spike(height)))
      local inner = xml.find(root, "svg")
      local top = tonumber(inner[#inner].attributes.y)
      for _, trace in ipairs(traces(root)) do
        for _, point in ipairs(trace) do assert.is_true(point[2] > top) end
      end
    end
    assert.equal("297mm x 210mm", size(record_of(100, 10, spike(20)))) -- as far as the sheet has it
  end)
end)

describe("plot.ecg", function()
  -- Lead II: 1 mV from the 101st sample to the 300th of 1000, at 100 Hz: one second after the start, for two seconds.
  local step = record_of(100, 10, function(lead, i) return lead == "II" and i > 100 and i <= 300 and 1 or 0 end)

  it("is a page in millimetres, one unit a millimetre", function()
    local root = page_of(step)
    assert.equal("297mm", root.attributes.width)
    assert.equal("210mm", root.attributes.height)
    assert.equal("0 0 297 210", root.attributes.viewBox)
  end)

  it("draws a second 25 mm wide and a millivolt 10 mm high", function()
    local all = traces(page_of(step))
    assert.equal(13, #all) -- twelve leads and the rhythm strip
    local strip = all[13]
    assert.near(25 * (1000 - 1) / 100, strip[#strip][1] - strip[1][1], 0.011)
    local left, right, top, bottom = math.huge, -math.huge, math.huge, -math.huge
    for _, point in ipairs(strip) do
      top, bottom = math.min(top, point[2]), math.max(bottom, point[2])
    end
    for _, point in ipairs(strip) do
      if point[2] == top then left, right = math.min(left, point[1]), math.max(right, point[1]) end
    end
    assert.near(10, bottom - top, 0.011)
    assert.near(25, left - strip[1][1], 0.011) -- sample 101 is at one second
    assert.near(25 * (300 - 101) / 100, right - left, 0.011)
  end)

  it("follows speed and gain", function()
    local strip = traces(page_of(step, { speed = 50, gain = 5, seconds = 4 }))[13]
    local top, bottom = math.huge, -math.huge
    for _, point in ipairs(strip) do top, bottom = math.min(top, point[2]), math.max(bottom, point[2]) end
    assert.near(5, bottom - top, 0.011)
    assert.near(200, strip[#strip][1] - strip[1][1], 0.011)
  end)

  it("shows the columns of leads one after the other in time", function()
    -- Every lead counts its samples, 1 uV each, so a height tells the sample.
    local root = page_of(record_of(100, 10, function(_, i) return i / 1000 end), { offset = "none" })
    local all = traces(root)
    local function microvolts(trace) -- from the first point to the second, in samples
      return (trace[1][2] - trace[#trace][2]) * 100
    end
    assert.near(250, microvolts(all[1]), 1.1) -- I: samples 1 to 251
    assert.near(all[1][1][1] + 62.5, all[2][1][1], 0.011) -- aVR begins 2.5 s later on the paper
    assert.near(2.5, all[1][1][2] - all[2][1][2], 0.011) -- and in the record: 250 uV higher
    assert.near(7.5, all[1][1][2] - all[4][1][2], 0.011) -- V4: 7.5 s
    assert.same({ "I", "aVR", "V1", "V4", "II", "aVL", "V2", "V5", "III", "aVF", "V3", "V6", "II" }, names(root))
  end)

  it("lays out 12 x 1, 6 x 2 and the record's own leads", function()
    assert.same(LEADS, names(page_of(step, { layout = "12x1" })))
    assert.same({ "I", "V1", "II", "V2", "III", "V3", "aVR", "V4", "aVL", "V5", "aVF", "V6", "V1" },
      names(page_of(step, { layout = "6x2", rhythm = "V1" })))
    assert.equal(12, #names(page_of(step, { layout = "3x4", rhythm = "" })))
    assert.same({ "MLII", "V5" }, names(page_of { rate = 360, leads = { "MLII", "V5" }, signals = { { 0, 0 }, { 0, 0 } } }))
  end)

  it("finds leads by name, however they are spelt", function()
    local root = page_of { rate = 100, leads = { "avr", "V1" }, signals = { { 0, 0 }, { 0, 0 } } }
    assert.same({ "aVR", "V1" }, names(root))
  end)

  it("says which leads were not recorded and invents none", function()
    local root = page_of({ rate = 100, leads = { "I", "II" }, signals = { { 0, 0 }, { 0, 0 } } }, { layout = "3x4" })
    assert.matches("V6 not recorded", joined_texts(root), 1, true)
    assert.equal(3, #traces(root)) -- I, II and II as rhythm strip
  end)

  it("draws paper with lines every millimetre and heavier ones every five", function()
    local root = page_of(step)
    local function verticals(class)
      local list = {}
      for x in xml.with_class(root, class)[1].attributes.d:gmatch("M([%d.]+) [%d.]+v") do list[#list + 1] = tonumber(x) end
      return list
    end
    local coarse, fine = verticals "eg-ecg-coarse", verticals "eg-ecg-fine"
    assert.equal(260 / 5 + 1, #coarse) -- 10 s and the room of the pulse
    assert.equal(260 - 260 / 5, #fine)
    assert.near(5, coarse[2] - coarse[1], 1e-9)
    assert.near(1, fine[1] - coarse[1], 1e-9)
    -- The trace begins on a heavy line, and baselines lie on heavy lines.
    assert.near(0, (traces(root)[1][1][1] - coarse[1]) % 5, 1e-6)
  end)

  it("draws a calibration pulse of 1 mV and 0.2 s before each row", function()
    local pulses = xml.with_class(page_of(step), "eg-ecg-pulse")
    assert.equal(4, #pulses)
    local points = xml.points(pulses[1])
    assert.near(10, points[2][2] - points[3][2], 1e-9)
    assert.near(5, points[4][1] - points[3][1], 1e-9)
  end)

  it("leaves gaps where samples are missing, and shows a lone sample", function()
    local gap = record_of(100, 10, function(lead, i)
      if lead == "I" and ((i > 50 and i < 100) or (i > 100 and i < 120)) then return NAN end
      return 0
    end)
    local all = traces(page_of(gap))
    assert.equal(15, #all)
    assert.near(25 * 49 / 100, all[1][#all[1]][1] - all[1][1][1], 0.011)
    assert.same({ all[2][1][1], all[2][1][2] }, { all[2][2][1], all[2][2][2] })
  end)

  it("draws a record with no sample known and one with none at all", function()
    assert.equal(0, #traces(page_of(record_of(100, 10, function() return NAN end))))
    assert.equal(0, #traces(page_of { rate = 100, leads = LEADS, signals = record_of(100, 0).signals }))
    assert.matches("no leads", joined_texts(page_of { rate = 100, leads = {}, signals = {} }), 1, true)
  end)

  it("puts each lead's median on its baseline unless told not to", function()
    local shifted = record_of(100, 10, function() return 2 end)
    local function above_pulse(options)
      local root = page_of(shifted, options)
      return xml.points(xml.with_class(root, "eg-ecg-pulse")[1])[1][2] - traces(root)[1][1][2]
    end
    assert.near(0, above_pulse(), 0.011)
    assert.near(20, above_pulse { offset = "none" }, 0.011)
  end)

  it("writes name, age, sex, rate, length and scales, and escapes them", function()
    local text = joined_texts(page_of(record_of(100, 12, nil, { name = "<r&1>", age = 63, sex = "F", labels = { "AF", "<x>" } })))
    for _, part in ipairs { "<r&1>", "age 63", "female", "100 Hz", "0 to 10 s of 12 s", "AF, <x>", "25 mm/s", "10 mm/mV" } do
      assert.matches(part, text, 1, true)
    end
  end)

  it("leaves out what is not known", function()
    local text = joined_texts(page_of(record_of(100, 10, nil, { age = NAN, sex = "unknown" })))
    assert.not_matches("age", text, 1, true)
    assert.not_matches("unknown", text, 1, true)
  end)

  it("labels synthetic records, and only those", function()
    local root = page_of(record_of(100, 10, nil, { synthetic = true }))
    assert.matches("SYNTHETIC ECG", joined_texts(root), 1, true)
    assert.matches("from no patient", joined_texts(root), 1, true)
    assert.matches("^Synthetic", xml.texts(root, "title")[1])
    for _, more in ipairs { { source = "synthetic, hospital A" }, { comments = { "Age: 3", "Synthetic ECG, from no patient" } } } do
      assert.matches("SYNTHETIC ECG", joined_texts(page_of(record_of(100, 10, nil, more))), 1, true)
    end
    assert.not_matches("SYNTHETIC", joined_texts(page_of(step)), 1, true)
  end)

  it("begins where it is told", function()
    local all = traces(page_of(record_of(100, 10, function(lead, i) return lead == "II" and i > 500 and 1 or 0 end),
      { start = 4, seconds = 2, offset = "none" }))
    local strip = all[13]
    local high = 0
    for _, point in ipairs(strip) do
      if point[2] < strip[1][2] - 9 and high == 0 then high = point[1] - strip[1][1] end
    end
    assert.near(25, high, 0.26) -- one second in; a sample is 0.25 mm
  end)

  it("shows no more than there is", function()
    assert.equal(plot.ecg(step), plot.ecg(step, { seconds = 60 }))
    assert.equal(plot.ecg(step, { start = 7 }), plot.ecg(step, { start = 7, seconds = 10 }))
  end)

  it("says what is wrong with the paper", function()
    assert.error_matches(function() plot.ecg(step, { paper = "a3" }) end, 'option \'paper\' must be one of "auto", "a4", "fit"')
  end)

  it("draws many samples with few points", function()
    local beat = record_of(500, 10, function(_, i) return math.exp(-((i % 400 - 200) / 8) ^ 2) end)
    assert.is_true(#plot.ecg(beat) < 60000)
  end)

  it("says what is wrong with a record", function()
    local function fails(record, message, options)
      assert.error_matches(function() plot.ecg(record, options) end, message)
    end
    fails(nil, "plot.ecg: argument 1 %(record%) must be a record, got nil")
    fails({ leads = LEADS, rate = 0, signals = {} }, "record.rate must be a number of samples a second above 0, got 0")
    fails({ leads = LEADS, rate = NAN, signals = {} }, "record.rate")
    fails({ rate = 100, signals = {} }, "record.leads must be a list of names, got nil")
    fails({ leads = { "I" }, rate = 100, signals = {} }, "names 1 leads, record.signals has 0 columns")
    fails({ leads = { "I", "II" }, rate = 100, signals = { { 1, 2 }, { 1 } } }, "column 2 is a table of 1 entries")
    fails({ leads = { "I" }, rate = 100, signals = { { "1" } } }, 'record.signals%[1%]%[1%] must be a number, got "1"')
    fails({ leads = { 7 }, rate = 100, signals = { { 1 } } }, "record.leads%[1%] must be a string, got 7")
    fails({ leads = { "I" }, rate = 100, signals = "x" }, "must be a tensor %(samples, leads%) or a list of columns")
    fails(step, "option 'start' is 11 s, the record has only 10 s", { start = 11 })
    fails(step, "unknown option 'colour'", { colour = 1 })
    fails(step, "option 'layout' must be one of", { layout = "4x3" })
  end)

  it("takes a tensor (samples, leads)", function()
    local found, eg = pcall(require, "ecgraft")
    if not found then return pending("the core is not built") end
    local rows = {}
    for i = 1, 1000 do
      rows[i] = {}
      for c, lead in ipairs(LEADS) do rows[i][c] = lead == "II" and i > 100 and i <= 300 and 1 or 0 end
    end
    local record = { name = "r1", rate = 100, leads = LEADS, signals = eg.tensor(rows) }
    assert.equal(plot.ecg(step), plot.ecg(record))
    assert.equal(plot.ecg(step, { start = 2, seconds = 3 }), plot.ecg(record, { start = 2, seconds = 3 }))
    record.leads = { "I" }
    assert.error_matches(function() plot.ecg(record) end, "must have the shape %(samples, 1%), got %(1000, 12%)")
  end)
end)
