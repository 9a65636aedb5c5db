--- The parts of a set in words, for print(set:split{...}): a line each.
local ORDER = {"train", "val", "test"}

local meta = {__tostring = function(parts)
  local lines, all = {}, 0
  for _, name in ipairs(ORDER) do if parts[name] then all = all + #parts[name] end end
  for _, name in ipairs(ORDER) do
    local part = parts[name]
    if part then
      local patients = part:patient_count()
      lines[#lines + 1] = ("%-5s  %6d record%s of %d patient%s, %.1f %%"):format(name, #part, #part == 1 and "" or "s", patients,
        patients == 1 and "" or "s", 100 * #part / math.max(1, all))
    end
  end
  return table.concat(lines, "\n")
end}

--- Lets a table of parts be printed. Returns it.
return function(parts) return setmetatable(parts, meta) end
