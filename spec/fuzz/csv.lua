--- Fuzzes what reads text in tables: csv.read, csv.rows and csv.line, Python literals, and recordings in CSV files.
local csv = require "ecgraft.data.csv"
local literal = require "ecgraft.data.literal"
local signal_file = require "ecgraft.data.signal_file"

-- What was read is read again from what csv.line makes of it.
local function again(rows, names)
  local lines = {csv.line(names)}
  for i, row in ipairs(rows) do
    local fields = {}
    for c, name in ipairs(names) do fields[c] = row[name] end
    lines[i + 1] = csv.line(fields)
  end
  local second, others = csv.parse(table.concat(lines, "\n"), "again", {})
  if #names < 2 then return end -- a row that is one empty field is a blank line
  assert(second and #second == #rows and #others == #names)
  for i, row in ipairs(rows) do
    for _, name in ipairs(names) do assert(row[name] == second[i][name]) end
  end
end

local function literals(rows)
  for _, row in ipairs(rows) do
    for _, text in pairs(row) do
      local ok, message = literal.parse(text)
      assert(ok or message:find("^expected .* at character %d+, got "))
    end
  end
end

return {
  file = "t.csv", most = 1 << 15,
  words = {",", '"', '""', "\r\n", "\n", "\r", "\239\187\191", ";", "\t", "nan", "a", "b", "1e308",
    "{'NORM': 100.0}", "[", "(", "'", "\\", "None", "True"},
  seeds = {
    "a,b,scp_codes\n1,2.5,\"{'NORM': 100.0, 'SR': 0.0}\"\n2,,\"{'MI': (1, [2], None)}\"\n",
    "\239\187\191a,b\r\n\"x, y\",\"he said \"\"no\"\"\"\r\n\r\n3,\"two\nlines\"\r\n",
    "I,II\n0.1,0.2\n0.3,nan\n,0.5\n",
    "I;II\n0.1;0.2\n1e-3;-7\n",
    "1\t2\n3\t4\n",
    ",a\n0,[1, 2, 3]\n1,'it\\'s'\n",
  },
  read = function(path)
    local signals, why = signal_file.read(path, {})
    if not signals then assert(why:find(path, 1, true)) end
    local rows, names = csv.read(path, {})
    if not rows then return nil, names end
    literals(rows)
    again(rows, names)
    return true
  end,
}
