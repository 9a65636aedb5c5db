local drawn = require "ecgraft.plot.drawn"
local plot = require "ecgraft.plot"
local text_width = require "ecgraft.plot.text_width"
local xml = require "spec.support.xml"

local LEADS = { "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6" }

-- Beats of `height` mV, the first 0.2 s after the start, a QRS of 0.1 s and a T wave.
local function record_of(height, leads, more)
  local record = { name = "r1", rate = 250, leads = leads or LEADS, signals = {} }
  for c = 1, #record.leads do
    record.signals[c] = {}
    for i = 1, 2500 do
      local phase = (i / 250 - 0.2) % 0.8
      record.signals[c][i] = height * (math.exp(-((phase - 0.05) / 0.02) ^ 2) - 0.4 * math.exp(-((phase - 0.1) / 0.02) ^ 2)
        + 0.2 * math.exp(-((phase - 0.35) / 0.06) ^ 2))
    end
  end
  for name, value in pairs(more or {}) do record[name] = value end
  return record
end

-- The capitals of the names as boxes {name =, left =, top =, right =, bottom =}.
local function boxes_of(root)
  local list = {}
  for i, each in ipairs(xml.with_class(root, "eg-ecg-name")) do
    local x, y = tonumber(each.attributes.x), tonumber(each.attributes.y)
    list[i] = { name = each.text, left = x, top = y - 2.9, right = x + text_width.of(each.text, 4, true), bottom = y }
  end
  return list
end

local function ink_of(root)
  local ink = drawn.new()
  for _, class in ipairs { "eg-ecg-trace", "eg-ecg-pulse" } do
    for _, each in ipairs(xml.with_class(root, class)) do
      local points = {}
      for _, point in ipairs(xml.points(each)) do
        points[#points + 1] = point[1]
        points[#points + 1] = point[2]
      end
      ink:line(points)
    end
  end
  return ink
end

local function covered_names(root)
  local ink, list = ink_of(root), {}
  for _, box in ipairs(boxes_of(root)) do
    if ink:covered(box.left, box.top, box.right, box.bottom) > 0 then list[#list + 1] = box.name end
  end
  return table.concat(list, " ")
end

local function overlapping(root)
  local list, boxes = {}, boxes_of(root)
  for i, a in ipairs(boxes) do
    for k = i + 1, #boxes do
      local b = boxes[k]
      if a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom then list[#list + 1] = a.name .. "/" .. b.name end
    end
  end
  return table.concat(list, " ")
end

describe("plot.drawn", function()
  it("knows what a line covers, also between its points", function()
    local ink = drawn.new()
    ink:line { 0, 10, 20, 30 }
    assert.is_true(ink:covered(9, 19, 11, 21) > 0)
    assert.equal(0, ink:covered(9, 22, 11, 24))
    assert.equal(0, ink:covered(9, 10, 11, 18))
    assert.equal(0, ink:covered(21, 0, 25, 100))
    assert.is_true(ink:covered(0, 5, 20, 40) > ink:covered(0, 5, 10, 40))
  end)

  it("takes upright lines, lines from right to left and boxes", function()
    local ink = drawn.new()
    ink:line { 5, 0, 5, 40 }
    ink:line { 20, 3, 10, 3 }
    ink:box(30, 10, 34, 14)
    assert.is_true(ink:covered(4, 30, 6, 32) > 0)
    assert.is_true(ink:covered(14, 2, 16, 4) > 0)
    assert.is_true(ink:covered(33, 13, 40, 20) > 0)
    assert.equal(0, ink:covered(35, 13, 40, 20))
  end)
end)

describe("names of leads on plot.ecg", function()
  it("stand beside the traces, for small and for large waves and in every layout", function()
    for _, height in ipairs { 0.5, 1, 2, 3, -2 } do
      for _, options in ipairs { {}, { layout = "6x2" }, { layout = "12x1" }, { seconds = 5, paper = "fit" }, { seconds = 3 } } do
        local root = xml.parse(plot.ecg(record_of(height), options))
        local what = ("%s mV, %s, %s s"):format(height, options.layout or "3x4", options.seconds or 10)
        assert.equal("", covered_names(root), what)
        assert.equal("", overlapping(root), what)
      end
    end
  end)

  it("stand beside the traces of one lead and of eight", function()
    local eight = { "I", "II", "V1", "V2", "V3", "V4", "V5", "V6" }
    for _, height in ipairs { 1, 5, -5 } do
      assert.equal("", covered_names(xml.parse(plot.ecg(record_of(height, { "II" })))))
      assert.equal("", covered_names(xml.parse(plot.ecg(record_of(height, eight)))))
    end
  end)

  it("stay in the upper part of their rows, near the start of their traces", function()
    local root = xml.parse(plot.ecg(record_of(3)))
    local pulses, boxes = xml.with_class(root, "eg-ecg-pulse"), boxes_of(root)
    assert.equal(13, #boxes)
    for i, box in ipairs(boxes) do
      local pulse = xml.points(pulses[(i - 1) // 4 + 1])
      local start = pulse[#pulse][1] + (i - 1) % 4 * 62.5
      assert.is_true(box.left >= start and box.left <= start + 17, box.name)
      assert.is_true(math.abs(box.bottom - (pulse[1][2] - 14.5)) <= 25, box.name)
    end
  end)

  it("have a halo of paper, over all traces, where the page is full", function()
    local noise, state = {}, 1
    for i = 1, 2500 do
      state = state * 1103515245 + 12345 & 0x7fffffff
      noise[i] = 20 * (state / 0x7fffffff - 0.5)
    end
    local signals = {}
    for c = 1, 12 do signals[c] = noise end
    local svg = plot.ecg(record_of(1, LEADS, { signals = signals }))
    local names = xml.with_class(xml.parse(svg), "eg-ecg-name")
    assert.equal(13, #names)
    for _, each in ipairs(names) do
      assert.equal("paint-order:stroke", each.attributes.style)
      assert.is_true(tonumber(each.attributes["stroke-width"]) >= 1)
    end
    local first_name = svg:find("eg-ecg-name", 1, true)
    local last_trace = select(2, svg:find(".*eg%-ecg%-trace"))
    assert.is_true(first_name > last_trace)
  end)

  it("with notes keep off traces and each other", function()
    local weights, notes = {}, {}
    for i = 1, 2500 do weights[i] = (i % 500) / 500 end
    for c = 1, 12 do notes[c] = "+0.50" end
    for _, height in ipairs { 0.5, 1 } do
      local root = xml.parse(plot.ecg(record_of(height), { time_weights = weights, lead_notes = notes }))
      assert.equal("", covered_names(root))
      assert.equal("", overlapping(root))
    end
  end)
end)

describe("the footer of plot.ecg", function()
  it("breaks where the paper is too narrow for its two texts, and leaves them the page", function()
    local function footer(seconds)
      local root = xml.parse(plot.ecg(record_of(1, LEADS, { synthetic = true }), { seconds = seconds, paper = "fit" }))
      local found = {}
      for _, each in ipairs(xml.find(root, "text")) do
        if each.text:find "mm/mV" then found.scales = each.attributes end
        if each.text:find "from no patient" then found.origin = each.attributes end
      end
      return found, tonumber((root.attributes.width:gsub("mm", ""))), tonumber((root.attributes.height:gsub("mm", "")))
    end
    local wide = footer(10)
    assert.equal(wide.scales.y, wide.origin.y)
    assert.equal("end", wide.origin["text-anchor"])
    for _, seconds in ipairs { 0.5, 2 } do
      local narrow, width, height = footer(seconds)
      assert.is_true(tonumber(narrow.origin.y) - tonumber(narrow.scales.y) > 3.5)
      assert.is_true(tonumber(narrow.origin.y) < height - 2)
      assert.is_true(tonumber(narrow.origin.x) + text_width.of("synthetic: made by a generator, from no patient", 3.2) < width)
    end
  end)
end)
