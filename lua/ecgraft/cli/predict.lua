--- ecgraft predict MODEL RECORD...: the probability of each class for raw WFDB records.
local command = {
  name = "predict", summary = "Print each class's probability for raw WFDB records, at any rate and in any lead order.",
  examples = {
    "ecgraft predict model.h5 ward/0001.hea",
    "ecgraft predict model.h5 ward --csv > probabilities.csv",
  },
}

function command.configure(parser)
  parser:argument("model", "A model file (.h5) written by net:save or a study.")
  parser:argument("record", "Records: headers, with or without .hea, folders of them, or prepared datasets (.h5)."):args "+"
  parser:mutex(
    parser:flag("--csv", "Comma-separated values with full precision."),
    parser:flag("--json", "A list of {record, probabilities}."))
end

local function rows_of(model, card, list)
  local input = require "ecgraft.train.record_input"
  local rows, failures, longer = {}, {}, 0
  for _, each in ipairs(list) do
    local scores
    local record, message = each.read()
    if record then
      scores, message = input.of_record(model, card, record)
      if record.signals:size(1) / record.rate > 1.01 * card.samples / card.rate then longer = longer + 1 end
    end
    if scores then rows[#rows + 1] = {each.name, scores}
    else failures[#failures + 1] = message end
  end
  if longer > 0 then
    io.stderr:write(("note: %d of %d records are longer than the %g s that the model sees; of those it was given the first %g s\n"):format(
      longer, #list, card.samples / card.rate, card.samples / card.rate))
  end
  return rows, failures
end

local function print_json(card, rows)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = {record = row[1], probabilities = {}}
    for k, class in ipairs(card.classes) do list[i].probabilities[class] = row[2][k] end
  end
  require("ecgraft.cli").print_json(list)
end

local function print_csv(card, rows)
  local csv = require "ecgraft.report.csv"
  local table_rows = {table.move(card.classes, 1, #card.classes, 2, {"record"})}
  for i, row in ipairs(rows) do table_rows[i + 1] = table.move(row[2], 1, #row[2], 2, {row[1]}) end
  io.write(csv.format(table_rows))
end

local function print_table(card, rows)
  local value = {columns = {{title = "record"}}, rows = {}}
  for k, class in ipairs(card.classes) do value.columns[k + 1] = {title = class, align = "right"} end
  for i, row in ipairs(rows) do
    value.rows[i] = {row[1]}
    for k, score in ipairs(row[2]) do value.rows[i][k + 1] = ("%.4f"):format(score) end
  end
  io.write(require("ecgraft.table_text").format(value))
end

function command.run(a)
  local cli = require "ecgraft.cli"
  local net, message = require("ecgraft.nn").load(a.model)
  if not net then return cli.fail(message) end
  if not net.card or not net.card.classes or not net.card.rate then
    return cli.fail(a.model .. " does not say which classes, leads and rate it was trained on")
  end
  local list
  list, message = require("ecgraft.cli.records").of(a.record)
  if not list then return cli.fail(message) end
  local rows, failures = rows_of(net, net.card, list)
  if a.json then print_json(net.card, rows)
  elseif #rows > 0 then (a.csv and print_csv or print_table)(net.card, rows) end
  for _, failure in ipairs(failures) do cli.fail(failure) end
  return #failures > 0 and 1 or 0
end

return command
