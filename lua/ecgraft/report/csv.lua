--- results.csv: one row a run, every score a column. RFC 4180 quoting, decimal points in any locale, numbers that read back exactly.
local number_text = require "ecgraft.number_text"
local options = require "ecgraft.options"

local csv = {}

--- A value as a field of a csv file.
function csv.field(value)
  if value == nil then return "" end
  local text = type(value) == "number" and number_text.exact(value) or tostring(value)
  if text:find('[",\r\n]') or text:find("^%s") or text:find("%s$") then text = '"' .. text:gsub('"', '""') .. '"' end
  return text
end

--- Lists of values as csv text.
function csv.format(rows)
  local lines = {}
  for r, row in ipairs(rows) do
    local fields = {}
    for c = 1, row.n or #row do fields[c] = csv.field(row[c]) end
    lines[r] = table.concat(fields, ",")
  end
  return table.concat(lines, "\n") .. (#lines > 0 and "\n" or "")
end

local before = { "network", "upstream", "task", "downstream", "strategy", "size", "records", "seed" }
local after = { "val_score", "epochs", "best_epoch", "transferred" }

local function rows_of(runs, scores, last)
  local header = {}
  for _, names in ipairs { before, scores, last } do table.move(names, 1, #names, #header + 1, header) end
  local rows = { header }
  for i, run in ipairs(runs) do
    local row = { n = #header }
    for c, name in ipairs(before) do row[c] = run[name] end
    for c, name in ipairs(scores) do row[#before + c] = run.scores and run.scores[name] end
    for c, name in ipairs(last) do row[#before + #scores + c] = run[name] end
    rows[i + 1] = row
  end
  return csv.format(rows)
end

--- The runs of a report as csv text, in the order given: who they are, their scores by name, what they took. Nothing that depends on
-- the machine: the same study gives the same text.
function csv.results(runs)
  local seen = {}
  for _, run in ipairs(runs) do
    for name in pairs(run.scores or {}) do seen[name] = true end
  end
  return rows_of(runs, options.names(seen), after)
end

--- How long each run took.
function csv.times(runs) return rows_of(runs, {}, { "seconds" }) end

return csv
