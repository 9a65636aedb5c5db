--- A notebook as text: Lua in cells. A line `-- %%` begins a cell of code, `-- %% [markdown]` one of text, whose lines are comments.
--
--   -- %% Title of the cell; inputs: a.csv, folder/b.h5
--
-- says of what the cell depends beside its text (see notebook/cache.lua). What stands before the first such line is a cell of code.
local cells = {}

local function trimmed(text) return (text:match "^%s*(.-)%s*$") end

-- The words behind `-- %%`: title and inputs.
local function header(rest)
  local cell = {kind = "code", inputs = {}}
  local kind, after = rest:match "^%s*%[(%w+)%](.*)$"
  if kind == "markdown" or kind == "md" then cell.kind, rest = "markdown", after end
  local title, inputs = rest:match "^(.-);?%s*inputs:%s*(.*)$"
  for path in (inputs or ""):gmatch "[^,]+" do table.insert(cell.inputs, trimmed(path)) end
  title = trimmed(title or rest)
  if title ~= "" then cell.title = title end
  return cell
end

-- Comment lines as Markdown; nil and the number of the line that is none.
local function uncomment(lines)
  local out = {}
  local long = lines[1] and lines[1]:match "^%-%-%[%[%s?(.*)$"
  if long and lines[#lines]:find "%]%]%s*$" then
    for i, line in ipairs(lines) do out[i] = line end
    out[1] = long
    out[#out] = out[#out]:gsub("%s*%]%]%s*$", "")
    return out
  end
  for i, line in ipairs(lines) do
    local text = line:match "^%-%-%s?(.*)$"
    if not text and not line:find "^%s*$" then return nil, i end
    out[i] = text or ""
  end
  return out
end

local function without_empty_ends(lines, first)
  local last = #lines
  while first <= last and lines[first]:find "^%s*$" do first = first + 1 end
  while last >= first and lines[last]:find "^%s*$" do last = last - 1 end
  return first, last
end

--- The cells of a text: {{kind = "code" or "markdown", source =, line = of its first line, title =, inputs = {paths}}, ...}; empty ones are
-- left out. nil, message (with `name` and the line) where a Markdown cell has a line that is no comment.
function cells.parse(text, name)
  local list, current, number = {}, {kind = "code", inputs = {}, lines = {}, line = 1}, 0
  local all = {current}
  for line in (text:gsub("\r\n", "\n") .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    local rest = line:match "^%-%-%s*%%%%(.*)$"
    if rest then
      current = header(rest)
      current.lines, current.line = {}, number + 1
      all[#all + 1] = current
    else table.insert(current.lines, line) end
  end
  for _, cell in ipairs(all) do
    local first, last = without_empty_ends(cell.lines, 1)
    local lines = table.move(cell.lines, first, last, 1, {})
    cell.lines, cell.line = nil, cell.line + first - 1
    if cell.kind == "markdown" then
      local out, at = uncomment(lines)
      if not out then
        return nil, ("%s:%d: a Markdown cell has comment lines (--) only; `-- %%%%` begins a cell of code"):format(name, cell.line + at - 1)
      end
      lines = out
    end
    cell.source = table.concat(lines, "\n")
    if #lines > 0 then list[#list + 1] = cell end
  end
  return list
end

local function header_text(cell)
  local parts = {"-- %%"}
  if cell.kind == "markdown" then parts[#parts + 1] = "[markdown]" end
  local inputs = cell.inputs and #cell.inputs > 0 and "inputs: " .. table.concat(cell.inputs, ", ") or nil
  if cell.title then parts[#parts + 1] = cell.title .. (inputs and ";" or "") end
  parts[#parts + 1] = inputs
  return table.concat(parts, " ")
end

--- The text of cells: what parse reads back.
function cells.write(list)
  local parts = {}
  for i, cell in ipairs(list) do
    local source = cell.source
    if cell.kind == "markdown" then
      source = source:gsub("[^\n]*", function(line) return line == "" and "--" or "-- " .. line end)
    end
    parts[i] = header_text(cell) .. "\n" .. source .. "\n"
  end
  return table.concat(parts, "\n")
end

return cells
