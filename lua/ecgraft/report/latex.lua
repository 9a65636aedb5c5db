--- Table values as LaTeX; needs \usepackage{booktabs} and UTF-8 input.
local table_text = require "ecgraft.table_text"

local latex = {}

local special = {
  ["\\"] = "\\textbackslash{}", ["{"] = "\\{", ["}"] = "\\}", ["$"] = "\\$", ["&"] = "\\&", ["#"] = "\\#", ["%"] = "\\%", ["_"] = "\\_",
  ["^"] = "\\textasciicircum{}", ["~"] = "\\textasciitilde{}", ["<"] = "\\textless{}", [">"] = "\\textgreater{}",
}

--- Text that LaTeX prints as it is; signs of numbers become proper minus and plus-minus signs.
function latex.escape(text)
  text = text:gsub("%s+", " "):gsub("[\\{}$&#%%_^~<>]", special)
  text = text:gsub("^%-(%d)", "$-$%1"):gsub("([ %[(])%-(%d)", "%1$-$%2")
  return (text:gsub("±", "$\\pm$"):gsub("–", "--"))
end

local function cell(value)
  local text, strong = table_text.cell(value)
  text = latex.escape(text)
  -- A bracket that begins a row would be read as the optional argument of \\.
  if text:sub(1, 1) == "[" then text = "{" .. text .. "}" end
  return strong and "\\textbf{" .. text .. "}" or text
end

--- A table value (see ecgraft.table_text) as a LaTeX table environment. `label` is for \ref.
function latex.table(value, label)
  value = table_text.check("report.latex", value)
  local alignment, titles = {}, {}
  for c, column in ipairs(value.columns) do
    alignment[c] = (column.align == "right" or column.align == "decimal") and "r" or "l"
    titles[c] = latex.escape(column.title)
  end
  local lines = { "\\begin{table}", "\\centering" }
  local function add(text) lines[#lines + 1] = text end
  if value.caption then add("\\caption{" .. latex.escape(value.caption) .. "}") end
  if label then add("\\label{" .. label:gsub("[^%w:.-]", "-") .. "}") end
  add("\\begin{tabular}{" .. table.concat(alignment) .. "}")
  add("\\toprule")
  add(table.concat(titles, " & ") .. " \\\\")
  add("\\midrule")
  for r, row in ipairs(value.rows) do
    if row.rule and r > 1 then add("\\midrule") end
    local cells = {}
    for c = 1, #value.columns do cells[c] = cell(row[c]) end
    add(table.concat(cells, " & ") .. " \\\\")
  end
  add("\\bottomrule")
  add("\\end{tabular}")
  if value.note then add("\n\\smallskip\\footnotesize " .. latex.escape(value.note)) end
  add("\\end{table}")
  return table.concat(lines, "\n") .. "\n"
end

return latex
