--- Names that are near to one that was not found, for messages and for the documentation.
local near = {}

--- How many letters must be changed, left out, put in, or swapped with their neighbour, to make a into b.
function near.distance(a, b)
  local before, last, row = {}, {}, {}
  for j = 0, #b do last[j] = j end
  for i = 1, #a do
    row[0] = i
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      row[j] = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        row[j] = math.min(row[j], before[j - 2] + 1)
      end
    end
    before, last, row = last, row, before
  end
  return last[#b]
end

--- How far `name` is from what was asked for (case does not count), or nil where it is not near: one letter in three may differ, and
-- what was asked for may be the beginning or another part of it.
function near.cost(wanted, name)
  wanted, name = wanted:lower(), name:lower()
  if #wanted < 3 then return #wanted == 2 and #name == 3 and near.distance(wanted, name) == 1 and 1 or nil end
  local at = name:find(wanted, 1, true)
  if at then return at == 1 and 1 or 1.5 end
  if math.abs(#wanted - #name) > #wanted // 3 then return nil end
  local cost = near.distance(wanted, name)
  return cost <= #wanted // 3 and cost or nil
end

--- Those of a list of names that are near, the nearest first, each once; at most `most`.
function near.names(wanted, list, most)
  local found, seen = {}, {}
  for i, name in ipairs(list) do
    local cost = not seen[name] and name ~= wanted and near.cost(wanted, name)
    seen[name] = true
    if cost then found[#found + 1] = {name, cost, i} end
  end
  table.sort(found, function(a, b) if a[2] ~= b[2] then return a[2] < b[2] end return a[3] < b[3] end)
  local names = {}
  for i = 1, math.min(most, #found) do names[i] = found[i][1] end
  return names
end

--- The question about a list of such names: "did you mean 'train' or 'trace'?"; nil for an empty list. before: what stands in front of
-- each, "eg."
function near.question(list, before)
  if #list == 0 then return nil end
  local quoted = {}
  for i, name in ipairs(list) do quoted[i] = ("'%s%s'"):format(before or "", name) end
  local last = table.remove(quoted)
  return ("did you mean %s?"):format(#quoted == 0 and last or table.concat(quoted, ", ") .. " or " .. last)
end

return near
