--- report.html: the verdict first, then what it rests on, then how to repeat it.
local calibration = require "ecgraft.report.calibration"
local examples = require "ecgraft.report.examples"
local figures = require "ecgraft.report.figures"
local html = require "ecgraft.html"
local protocols = require "ecgraft.report.protocols"
local summary = require "ecgraft.report.summary"
local tables = require "ecgraft.report.tables"
local training = require "ecgraft.report.training"
local transferability = require "ecgraft.report.transferability"
local verdict = require "ecgraft.report.verdict"
local worth = require "ecgraft.report.worth"

local page = {}

-- A page under construction: sections with an entry in the list of contents each.
local Page = {}
Page.__index = Page

function Page:add(text)
  self.parts[#self.parts + 1] = text
end

function Page:section(id, title)
  self.contents[#self.contents + 1] = html.element("a", { href = "#" .. id }, title)
  self:add(html.element("h2", { id = id }, title))
end

function Page:paragraph(text, class)
  self:add(html.element("p", { class = class }, text))
end

local function join(list, text_of)
  local texts = {}
  for i, value in ipairs(list) do texts[i] = text_of and text_of(value) or tostring(value) end
  return table.concat(texts, ", ")
end

local protocol_words = {
  strict = "Strict protocol: patients are in one part only, epochs were chosen on a validation set, test labels were used once, "
    .. "at the end.",
  paper = "Protocol of the paper (Nguyen and Do, 2025), its choices kept for comparison: among others the epoch was chosen on the test "
    .. "set, so the scores are optimistic.",
}

local function any_synthetic(o)
  if o.study.synthetic then return true end
  for _, set in ipairs(o.sets) do
    if set.synthetic then return true end
  end
  return false
end

local function write_warnings(self, o)
  if any_synthetic(o) then
    local names, tested = {}, #o.sets == 0 or o.study.synthetic
    for _, set in ipairs(o.sets) do
      if set.synthetic then names[#names + 1] = set.name end
      tested = tested or set.synthetic and set.role ~= "upstream"
    end
    self:add(html.wrap("div", { class = "warning" }, html.element("strong", nil, "Synthetic data. ")
      .. html.escape("The ECGs" .. (#names > 0 and " of " .. join(names) or "") .. " were made by a generator, from no patient. "
        .. (tested and "What is tested on them says nothing about people." or "They were learned from; what is tested are real records."))))
  end
  if o.study.planned and #o.runs < o.study.planned then
    self:add(html.wrap("div", { class = "warning" }, html.element("strong", nil, "Not finished. ")
      .. html.escape(("%d of %d runs are done; all numbers will change."):format(#o.runs, o.study.planned))))
  end
end

local MANY_NOTES = 6 -- more are folded away

-- Training that may have been too short, which the verdict would not show.
local function write_short_training(self, ordered)
  local notes = training.notes(ordered)
  if #notes == 0 then return end
  self:paragraph("Trained long enough? Not where the best epoch is the last:", "note")
  local list = html.list(notes)
  self:add(#notes > MANY_NOTES and html.details(("%d networks and arms were best in their last epoch"):format(#notes), list) or list)
end

-- Networks of which there is nothing to compare.
local function write_untaught(self, ordered, metric)
  for _, note in ipairs(training.untaught(ordered, metric)) do self:paragraph(note, "note") end
end

local MANY_VERDICTS = 12 -- more are folded away below a sentence for each arm

local classes = { better = "good", worse = "bad", open = "open" }

local function write_verdict(self, o, ordered)
  self:section("verdict", "Verdict")
  self:paragraph(verdict.headline(o.gains), "lead")
  local cards = {}
  for i, each in ipairs(o.verdicts or verdict.compose(o.gains, ordered, o.study.metric_label, o)) do
    local content = html.element("p", nil, each.text)
    if each.certainty ~= "" then content = content .. html.element("p", { class = "certainty" }, each.certainty) end
    cards[i] = html.wrap("div", { class = "verdict " .. classes[each.direction] }, content)
  end
  if #cards > MANY_VERDICTS then self:add(html.list(verdict.overview(o.gains, ordered))) end
  if #cards > 0 then
    local all = html.wrap("div", { class = "figures" }, table.concat(cards))
    self:add(#cards > MANY_VERDICTS and html.details(("All %d verdicts, by set and network"):format(#cards), all) or all)
    self:paragraph(("Clear: the 95%% interval over test records and seeds leaves zero out and the exact test over seeds, adjusted for the "
      .. "number of comparisons (Holm), gives p < 0.05. Likely: the interval alone. %d seeds are the fewest with which that test can "
      .. "reach p < 0.05 among %d comparison%s."):format(verdict.seeds_needed(#o.gains), #o.gains, #o.gains == 1 and "" or "s"), "note")
  end
  write_untaught(self, ordered, o.study.metric)
  write_short_training(self, ordered)
  if o.study.protocol == "paper" then self:paragraph(protocol_words.paper, "note") end
end

local function grid(list)
  return html.wrap("div", { class = "figures" }, table.concat(list))
end

local function write_scores(self, o, ordered, scores)
  self:section("scores", "Score against training-set size")
  if #scores == 0 then
    self:paragraph("No run has a test score yet.")
    return
  end
  local by_size, by_arm = false, false
  for _, each in ipairs(scores) do
    if each.network then by_size = true else by_arm = true end
  end
  if by_size then
    self:paragraph("Each small dot is a run with its own seed; the line joins the means, the whiskers reach from the lowest to the "
      .. "highest. Arms stand a little beside each other so that they can be told apart."
      .. (#o.curves > 0 and " The thin line is the curve a - b n^-c fitted to scratch; an upright line marks the size from which on "
        .. "no gain is shown." or ""), "muted")
  end
  if by_arm then
    self:paragraph("With one training-set size there is no curve: a row for each arm, its mean on the line from the lowest seed to the "
      .. "highest, and a dot for each seed.", "muted")
  end
  for _, downstream in ipairs(ordered.downstream) do
    local pictures = {}
    for _, each in ipairs(scores) do
      if each.downstream == downstream then pictures[#pictures + 1] = html.figure(each.svg) end
    end
    if #pictures > 0 then
      if #ordered.downstream > 1 then self:add(html.element("h3", nil, downstream)) end
      self:add(grid(pictures))
    end
  end
  self:add(html.table(tables.scores(ordered, o.study)))
end

local function write_gains(self, o, ordered, forests)
  self:section("gains", "Gains over training from scratch")
  if #o.gains == 0 then
    self:paragraph("No gain can be computed yet: it needs runs of both arms with the same seeds.")
    return
  end
  local pictures = {}
  for i, each in ipairs(forests) do pictures[i] = html.figure(each.svg) end
  self:add(grid(pictures))
  self:add(html.table(tables.gains(ordered, o.gains, o.study)))
end

local function write_worth(self, o, ordered)
  if #o.curves + #o.break_even == 0 then return end
  self:section("worth", "What pretraining is worth")
  if #o.saved > 0 then self:add(html.table(worth.saved(ordered, o.saved, o.study))) end
  if #o.break_even > 0 then self:add(html.table(worth.break_even(ordered, o.break_even))) end
  if #o.areas > 0 then self:add(html.table(worth.areas(ordered, o.areas, o.study))) end
  if #o.curves > 0 then self:add(html.table(worth.curves(ordered, o.curves, o.study)))
  else self:paragraph("Records saved need a curve from scratch, and that at least three training-set sizes.", "note") end
end

local function write_transferability(self, o, scatters)
  if #o.transferability == 0 then return end
  local correlations = transferability.table(o.correlations)
  self:section("transferability", "Could it be told before?")
  self:paragraph("What the pretrained net's features and outputs say about the downstream training set, taken before fine-tuning and "
    .. "without test records, against the gain that came."
    .. (#scatters > 0 and " A point for each network and pair of sets." or ""), "muted")
  local pictures = {}
  for i, each in ipairs(scatters) do pictures[i] = html.figure(each.svg) end
  if #pictures > 0 then self:add(grid(pictures)) end
  if correlations then self:add(html.table(correlations)) end
  if #pictures == 0 then
    self:paragraph("With fewer than three networks and pairs of sets there is nothing to correlate.", "note")
    self:add(html.table(transferability.values(o.transferability, o.study)))
  end
end

local function write_protocols(self, o)
  if #o.protocols == 0 then return end
  self:section("protocols", "The two protocols side by side")
  self:paragraph(protocols.sentence(o.protocols, o.study))
  self:add(html.table(protocols.table(o.protocols, o.study)))
end

local function write_baselines(self, o, ordered)
  if #o.baselines == 0 then return end
  self:section("trivial", "Trivial scores")
  self:add(html.table(tables.baselines(ordered, o.baselines, o.study)))
end

local function write_classes(self, o, ordered)
  local metrics = tables.class_metrics(o.runs)
  if #metrics == 0 then return end
  self:section("classes", "By class")
  local tested = {}
  for _, set in ipairs(o.sets) do if set.role ~= "upstream" then tested[#tested + 1] = set end end
  local long = tables.class_names(tested, o.study)
  if long then self:paragraph(long, "muted") end
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local sizes = ordered:sizes_of(network, downstream)
      local size = sizes[#sizes]
      local more = {}
      for m, metric in ipairs(size and metrics or {}) do
        local value = tables.per_class(ordered, network, downstream, size, metric)
        if #value.rows > 0 then
          if m == 1 then self:add(html.table(value)) else more[#more + 1] = html.table(value) end
        end
      end
      local pairs_of_models = tables.mcnemar(o.mcnemar, network, downstream)
      if #pairs_of_models.rows > 0 then more[#more + 1] = html.table(pairs_of_models) end
      if #more > 0 then self:add(html.details("Other measures: " .. network .. " on " .. downstream, table.concat(more))) end
    end
  end
end

local function write_calibration(self, ordered, pictures)
  local value = calibration.table(ordered)
  if #value.rows == 0 then return end
  self:section("calibration", "Calibration")
  self:paragraph("Of the records that are given a probability of 0.8 for a class, 80 of 100 should have it: the curve should follow the "
    .. "thin line. Below it the network is too sure.", "muted")
  local shown = {}
  for i, each in ipairs(pictures) do shown[i] = html.figure(each.svg) end
  self:add(grid(shown))
  self:add(html.table(value))
end

local function write_examples(self, pages, more)
  if #pages == 0 then return end
  self:section("examples", "Example records")
  self:paragraph("Test records of the first seed with the most training records: of each network the surest it found, the worst it "
    .. "missed and the worst false alarm. The shade, and the curve at the foot of each row, say when the network saw what speaks for the "
    .. "class. The number behind a lead's name is how much that lead adds to the logit of the class: what is lost where it is held flat.",
    "muted")
  local pictures, wide = {}, false
  for i, each in ipairs(pages) do
    pictures[i] = html.figure(each.svg, each.caption, { scroll = each.wide })
    wide = wide or each.wide
  end
  self:add(wide and table.concat(pictures) or grid(pictures))
  self:paragraph("It describes the network, not the heart: a network that is wrong looks somewhere too. Leads depend on each other, "
    .. "so that the others can make up for one." .. (more > 0 and (" %d more are in the runs' folders."):format(more) or ""), "note")
end

local function write_curves(self, curves)
  if #curves == 0 then return end
  self:section("curves", "Learning curves")
  self:paragraph("Validation score by epoch at the smallest and the largest training set: mean over seeds, the band from the lowest to the "
    .. "highest, as far as at least half of the seeds went.", "muted")
  local pictures = {}
  for i, each in ipairs(curves) do pictures[i] = html.figure(each.svg) end
  self:add(grid(pictures))
end

local function write_cost(self, o, ordered)
  if #o.runs == 0 and #o.pretraining == 0 then return end
  self:section("cost", "Cost")
  if #o.runs > 0 then self:add(html.table(tables.cost(ordered))) end
  local rates = tables.rates(ordered)
  if #rates.rows > 0 then self:add(html.table(rates)) end
  if #o.reached > 0 then self:add(html.table(worth.reached(ordered, o.reached))) end
  if #o.pretraining > 0 then self:add(html.table(tables.pretraining(o.pretraining, o.study))) end
end

local function write_data(self, o)
  if #o.sets == 0 then return end
  self:section("data", "Data")
  self:add(html.table(tables.sets(o.sets, o.study)))
  for _, set in ipairs(o.sets) do
    if #set.notes > 0 then
      self:add(html.element("h3", nil, set.name))
      self:add(html.list(set.notes))
    end
  end
end

local function write_failures(self, o)
  if #o.failures == 0 then return end
  self:section("failures", "Runs that failed")
  self:add(html.table(tables.failures(o.failures)))
end

local function write_repeat(self, o)
  local study = o.study
  self:section("repeat", "How to repeat it")
  if protocol_words[study.protocol] then self:paragraph(protocol_words[study.protocol])
  else self:paragraph("Protocol: " .. study.protocol .. ".") end
  if study.command ~= "" then self:add(html.preformatted(study.command)) end
  local facts = {}
  local function fact(name, value)
    if value and value ~= "" then facts[#facts + 1] = name .. ": " .. value end
  end
  fact("Networks", join(study.networks))
  fact("Upstream", join(study.upstream))
  fact("Downstream", join(study.downstream))
  fact("Strategies", join(study.strategies))
  fact("Training records", join(study.sizes, summary.size_text))
  fact("Seeds", join(study.seeds))
  for _, version in ipairs(study.versions) do fact(tostring(version[1]), tostring(version[2])) end
  fact("Machine", study.machine)
  fact("Report written on", study.date)
  self:add(html.list(facts))
  if #study.notes > 0 then self:add(html.list(study.notes)) end
  if study.file then
    if study.file.path ~= "" then self:add(html.element("h3", nil, study.file.path)) end
    self:add(html.preformatted(study.file.text))
  end
  self:paragraph("Every run is a row of results.csv beside this page, its seconds one of times.csv; the tables are in tables.md and "
    .. "tables.tex, in full precision in the folder tables.", "muted")
end

--- Learning curves at the smallest and the largest size of each set and network: {{name =, svg =}, ...}.
function page.curves(o, ordered)
  local list = {}
  for _, downstream in ipairs(ordered.downstream) do
    for _, network in ipairs(ordered.networks) do
      local sizes = ordered:sizes_of(network, downstream)
      for i, size in ipairs(sizes) do
        local svg = (i == 1 or i == #sizes) and figures.curves(ordered, o.study, network, downstream, size)
        if svg then list[#list + 1] = { name = ("curves-%s-%s-%s"):format(downstream, network, size), svg = svg } end
      end
    end
  end
  return list
end

--- Forest plots of each downstream set and maps of the gains: {{name =, svg =}, ...}.
function page.gain_figures(o, ordered)
  local list = {}
  for _, downstream in ipairs(ordered.downstream) do
    local svg = figures.gains(ordered, o.study, o.gains, downstream)
    if svg then list[#list + 1] = { name = "gains-" .. downstream, svg = svg } end
  end
  for _, arm in ipairs(ordered.arms) do
    local size = ordered.sizes[1]
    local svg = arm.key ~= "scratch" and size and figures.gain_map(ordered, o.study, o.gains, arm, size)
    if svg then list[#list + 1] = { name = ("gain-map-%s-%s"):format(arm.label, size), svg = svg } end
  end
  return list
end

--- The page as HTML and its figures {{name =, svg =}, ...}, from a checked report and its summary.
function page.build(o, ordered)
  local self = setmetatable({ parts = {}, contents = {} }, Page)
  local scores = figures.scores(ordered, o.study, o.baselines, o)
  local scatters = transferability.figures(o.transferability, o.study)
  local forests, curves = page.gain_figures(o, ordered), page.curves(o, ordered)
  local reliability, synthetic = calibration.figures(ordered, o.study), {}
  for _, set in ipairs(o.sets) do synthetic[set.name] = set.synthetic or o.study.synthetic end
  local pages, more = examples.figures(ordered, o.examples, synthetic)
  write_warnings(self, o)
  write_verdict(self, o, ordered)
  write_scores(self, o, ordered, scores)
  write_gains(self, o, ordered, forests)
  write_worth(self, o, ordered)
  write_transferability(self, o, scatters)
  write_protocols(self, o)
  write_baselines(self, o, ordered)
  write_classes(self, o, ordered)
  write_calibration(self, ordered, reliability)
  write_examples(self, pages, more)
  write_curves(self, curves)
  write_cost(self, o, ordered)
  write_data(self, o)
  write_failures(self, o)
  write_repeat(self, o)
  local head = { html.element("h1", nil, o.study.name) }
  if o.study.date ~= "" then head[#head + 1] = html.element("p", { class = "muted" }, "Report written on " .. o.study.date) end
  if o.study.question ~= "" then head[#head + 1] = html.element("p", { class = "lead" }, o.study.question) end
  head[#head + 1] = html.wrap("nav", { ["aria-label"] = "Contents" }, table.concat(self.contents))
  local all = {}
  for _, list in ipairs { scores, forests, scatters, reliability, pages, curves } do table.move(list, 1, #list, #all + 1, all) end
  return html.page {
    title = o.study.name .. (any_synthetic(o) and " (synthetic data)" or ""), body = table.concat(head) .. table.concat(self.parts),
    description = verdict.headline(o.gains),
  }, all
end

return page
