--- A Dataset in words, for print(set).
local MOST_SKIPPED, MOST_CLASSES = 5, 40

local function plural(n, one) return ("%d %s%s"):format(n, one, n == 1 and "" or "s") end

local function class_lines(set, lines)
  local counts, none = set:counts()
  local width = 4
  for _, name in ipairs(set.classes) do width = math.max(width, utf8.len(name) or #name) end
  for k, name in ipairs(set.classes) do
    if k > MOST_CLASSES then
      lines[#lines + 1] = ("  and %d more classes"):format(#set.classes - MOST_CLASSES)
      break
    end
    local gap = (" "):rep(width - (utf8.len(name) or #name))
    lines[#lines + 1] = ("  %s%s %7d  %5.1f %%"):format(name, gap, counts[k], 100 * counts[k] / #set)
  end
  if none > 0 then
    lines[#lines + 1] = ("  none%s %7d  %5.1f %%"):format((" "):rep(width - 4), none, 100 * none / #set)
  end
end

--- describe(set): records and patients, length and rate, classes with counts, what was skipped and why, notes.
return function(set)
  local shape = set:shape()
  local lines = {("%s: %s of %s, %g s at %g Hz, %s, %s"):format(set.source, plural(#set, "record"),
    plural(set:patient_count(), "patient"), shape[2] / set.rate, set.rate, plural(shape[3], "lead"),
    set.units == "mV" and "in mV" or set.units)}
  class_lines(set, lines)
  if #set.skipped > 0 then
    lines[#lines + 1] = ("  skipped %s:"):format(plural(#set.skipped, "record"))
    for i = 1, math.min(#set.skipped, MOST_SKIPPED) do
      lines[#lines + 1] = ("    %s: %s"):format(set.skipped[i].record, set.skipped[i].reason)
    end
    if #set.skipped > MOST_SKIPPED then lines[#lines + 1] = ("    and %d more, in set.skipped"):format(#set.skipped - MOST_SKIPPED) end
  end
  for _, note in ipairs(set.notes) do lines[#lines + 1] = "  note: " .. note end
  return table.concat(lines, "\n")
end
