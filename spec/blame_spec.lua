--- What the user got wrong is said of the user's line: errors of public functions name the line that calls them, none of the library.
local eg = require "ecgraft"

-- Each gives its value to a local, so that it is no tail call, which would have no line.
local cases = {
  ["data.augment"] = function() local _ = eg.data.augment{scale = {2, 1}} end,
  ["data.dataset"] = function() local _ = eg.data.dataset{signals = 3} end,
  ["data.filters.lowpass"] = function() local _ = eg.data.filters.lowpass(eg.zeros(10, 2), {high = 40}) end,
  ["data.filters.notch"] = function() local _ = eg.data.filters.notch(3) end,
  ["data.filters.baseline"] = function() local _ = eg.data.filters.baseline(3) end,
  ["data.georgia"] = function() local _ = eg.data.georgia(3) end,
  ["data.scaler.new"] = function() local _ = eg.data.scaler.new{kind = "x"} end,
  ["explain.record"] = function() local _ = eg.explain.record(eg.models.lstm{}, 3) end,
  ["export.npy"] = function() local _ = eg.export.npy(3, "x") end,
  ["export.onnx"] = function() local _ = eg.export.onnx(3, "x") end,
  ["features"] = function() local _ = eg.features(eg.models.lstm{}, 3) end,
  ["fit"] = function() local _ = eg.fit(eg.models.lstm{}, 3) end,
  ["linear_svm"] = function() local _ = eg.linear_svm(3, 4) end,
  ["metrics.compare"] = function() local _ = eg.metrics.compare(3, 4, 5) end,
  ["metrics.evaluate"] = function() local _ = eg.metrics.evaluate(3, 4) end,
  ["models.gru"] = function() local _ = eg.models.gru(3) end,
  ["models.lstm"] = function() local _ = eg.models.lstm{hidden = 0} end,
  ["models.new_head"] = function() local _ = eg.models.new_head(eg.nn.Linear(1, 1), 2) end,
  ["nn.Conv1d"] = function() local _ = eg.nn.Conv1d(1, 2, 3, {strid = 1}) end,
  ["optim.Adam"] = function() local _ = eg.optim.Adam({}, {lr = 1}) end,
  ["optim.schedule.step"] = function() local _ = eg.optim.schedule.step{} end,
  ["plot.dots"] = function() local _ = eg.plot.dots{rows = {{label = "a", values = {"x"}}}} end,
  ["plot.ecg"] = function() local _ = eg.plot.ecg(3) end,
  ["plot.forest"] = function() local _ = eg.plot.forest{rows = {{label = "a", estimate = "x"}}} end,
  ["plot.lines"] = function() local _ = eg.plot.lines{series = {{x = {1}, y = {1, 2}}}} end,
  ["plot.points"] = function() local _ = eg.plot.points{series = {{x = {1}, y = {1, 2}}}} end,
  ["predict"] = function() local _ = eg.predict(eg.models.lstm{}, 3) end,
  ["stats.effective_size"] = function() local _ = eg.stats.effective_size{scratch = {}, pretrained = {}} end,
  ["stats.fit_curve"] = function() local _ = eg.stats.fit_curve({1}, {2}) end,
  ["study, an option"] = function() local _ = eg.study{name = "x", nope = 1} end,
  ["study, a network"] = function() local _ = eg.study{name = "x", downstream = {a = eg.zeros}, networks = {"resnet"}} end,
  ["study, a task"] = function()
    local _ = eg.study{name = "x", upstream = {b = {set = eg.zeros, task = "no"}}, downstream = {a = eg.zeros}, networks = {"gru"}}
  end,
  ["tasks.reconstruction"] = function() local _ = eg.tasks.reconstruction{mask = 2} end,
  ["tasks.task"] = function() local _ = eg.tasks.task{name = "a b"} end,
  ["transfer.fit"] = function() local _ = eg.transfer.fit(eg.models.lstm{}, 3, {strategy = "scratch"}) end,
  ["transfer.partial"] = function() local _ = eg.transfer.partial{stages = 0} end,
}

describe("an error", function()
  for name, case in pairs(cases) do
    it(("of %s names the line that calls it"):format(name), function()
      local ok, message = pcall(case)
      assert.is_false(ok)
      local info = debug.getinfo(case, "S")
      local line = tonumber(message:match "^[^:]*blame_spec%.lua:(%d+): ")
      assert(line and line >= info.linedefined and line <= info.lastlinedefined, message)
    end)
  end
end)
