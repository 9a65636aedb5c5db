--- How records are divided: by patient, stratified by labels, the same for the same seed.
--
-- A group is what must stay together. Random numbers come from streams of the seed, one a purpose, so that what is taken does not
-- depend on what was split before.
local core = require "ecgraft.core"
local options = require "ecgraft.options"

local split = {}

-- ORDER STREAMS: a purpose keeps its number, or the same seed gives other parts than before.
local STREAM_PARTS, STREAM_ORDER = 1, 2

--- Groups of rows, in the order of their first rows: a patient's records (by = "patient") or single records; records with
-- the same signal are in one group, unless `as_they_are`.
function split.groups(set, by, as_they_are)
  local group_of = {} -- row -> index of its group's first row
  local function first_of(row)
    while group_of[row] ~= row do row = group_of[row] end
    return row
  end
  local function join(keys)
    local first = {}
    for row = 1, #set do
      local key = keys[row]
      if first[key] then
        local a, b = first_of(first[key]), first_of(row)
        group_of[math.max(a, b)] = math.min(a, b)
      else
        first[key] = row
      end
    end
  end
  for row = 1, #set do group_of[row] = row end
  if by == "patient" then join(set.patients) end
  if not as_they_are then join(set.hashes) end
  local groups, index = {}, {}
  for row = 1, #set do
    local first = first_of(row)
    if not index[first] then
      groups[#groups + 1] = {}
      index[first] = #groups
    end
    table.insert(groups[index[first]], row)
  end
  return groups
end

-- For each group how many of its records have each class; and how many records of all have it.
local function class_counts(set, groups)
  local rows, totals, counts = set.label_rows, {}, {}
  for k = 1, #set.classes do totals[k] = 0 end
  for g, group in ipairs(groups) do
    local count = {}
    for _, row in ipairs(group) do
      for k, value in ipairs(rows[row]) do
        if value ~= 0 then
          count[k] = (count[k] or 0) + 1
          totals[k] = totals[k] + 1
        end
      end
    end
    counts[g] = count
  end
  return counts, totals
end

-- The part that still wants most of class k (k = 0: of records), ties to the one that wants most records, then to the first.
local function neediest(wanted, k)
  local best = 1
  for p = 2, #wanted do
    local a, b = wanted[p][k], wanted[best][k]
    if a > b or (a == b and wanted[p][0] > wanted[best][0]) then best = p end
  end
  return best
end

-- The class with the fewest groups left, or nil.
local function rarest(left)
  local best
  for k, n in ipairs(left) do
    if n > 0 and (not best or n < left[best]) then best = k end
  end
  return best
end

-- Iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data", 2011), of groups:
-- the rarest class first, each of its groups to the part that wants it most. order: the groups in random order.
local function assign(counts, totals, sizes, shares, order)
  local wanted, left, holders, part_of, n = {}, {}, {}, {}, 0
  for _, size in ipairs(sizes) do n = n + size end
  for p, share in ipairs(shares) do
    wanted[p] = {[0] = share * n}
    for k, total in ipairs(totals) do wanted[p][k] = share * total end
  end
  for k = 1, #totals do left[k], holders[k] = 0, {} end
  for _, g in ipairs(order) do
    for k = 1, #totals do
      if counts[g][k] then
        left[k] = left[k] + 1
        table.insert(holders[k], g)
      end
    end
  end
  local function give(g, k)
    local p = neediest(wanted, k)
    part_of[g] = p
    wanted[p][0] = wanted[p][0] - sizes[g]
    for class = 1, #totals do
      local count = counts[g][class]
      if count then
        wanted[p][class] = wanted[p][class] - count
        left[class] = left[class] - 1
      end
    end
  end
  for k in rarest, left do
    for _, g in ipairs(holders[k]) do
      if not part_of[g] then give(g, k) end
    end
  end
  for _, g in ipairs(order) do
    if not part_of[g] then give(g, 0) end
  end
  return part_of
end

-- Raises where a patient is in two parts; nothing above may let that happen.
local function check_disjoint(set, parts)
  local part_of = {}
  for p, rows in ipairs(parts) do
    for _, row in ipairs(rows) do
      local patient = set.patients[row]
      if (part_of[patient] or p) ~= p then error(("split: patient %s is in two parts"):format(patient)) end
      part_of[patient] = p
    end
  end
end

--- Rows of `set` in #shares parts, each part in ascending order. o: by, seed, stratified.
function split.parts(set, shares, o)
  local groups = split.groups(set, o.by)
  local counts, totals = class_counts(set, groups)
  local sizes, parts = {}, {}
  for g, group in ipairs(groups) do sizes[g] = #group end
  if not o.stratified then
    for g in ipairs(groups) do counts[g] = {} end
    totals = {}
  end
  local part_of = assign(counts, totals, sizes, shares, core.random.permutation(#groups, o.seed, STREAM_PARTS))
  for p = 1, #shares do parts[p] = {} end
  for g, group in ipairs(groups) do
    table.move(group, 1, #group, #parts[part_of[g]] + 1, parts[part_of[g]])
  end
  for p = 1, #shares do table.sort(parts[p]) end
  if o.by == "patient" then check_disjoint(set, parts) end
  return parts
end

--- The rows of `set` that its own folds put into parts: o.train, o.val, o.test are lists of fold numbers. Faults are raised as text.
function split.fold_rows(set, o)
  if not set.fold then error("the set has no folds of its own", 0) end
  local part_of, rows = {}, {}
  for _, name in ipairs{"train", "val", "test"} do
    if o[name] ~= nil and (type(o[name]) ~= "table" or #o[name] == 0) then
      error(("train, val and test must all be shares or all be lists of folds, got %s as %s"):format(options.show(o[name]), name), 0)
    end
    for _, fold in ipairs(o[name] or {}) do
      if part_of[fold] then error(("fold %s is named twice"):format(options.show(fold)), 0) end
      part_of[fold], rows[name] = name, {}
    end
  end
  local found = {}
  for row, fold in ipairs(set.fold) do
    local name = part_of[fold]
    if name then
      table.insert(rows[name], row)
      found[fold] = true
    end
  end
  for _, name in ipairs{"train", "val", "test"} do
    for _, fold in ipairs(o[name] or {}) do
      if not found[fold] then error(("no record is in fold %s"):format(options.show(fold)), 0) end
    end
  end
  return rows
end

-- Each group's stratum: its rarest class, 0 for none.
local function strata(counts, totals)
  local list = {}
  for g, count in ipairs(counts) do
    local best = 0
    for k, total in ipairs(totals) do
      if count[k] and (best == 0 or total < totals[best]) then best = k end
    end
    list[g] = best
  end
  return list
end

--- All rows of `set` in the order in which they are taken. o: by, seed, stratified. Stratified: the i-th of the n groups of a stratum, in
-- random order, stands at (i - 1/2) / n of the way, so that every prefix has every stratum's share, to within one group.
function split.order(set, o)
  local groups = split.groups(set, o.by, true)
  local shuffled = core.random.permutation(#groups, o.seed, STREAM_ORDER)
  if o.stratified then
    local stratum = strata(class_counts(set, groups))
    local size, seen, place, rank = {}, {}, {}, {}
    for _, s in ipairs(stratum) do size[s] = (size[s] or 0) + 1 end
    for r, g in ipairs(shuffled) do
      local s = stratum[g]
      seen[s] = (seen[s] or 0) + 1
      place[g], rank[g] = (seen[s] - .5) / size[s], r
    end
    table.sort(shuffled, function(a, b)
      if place[a] ~= place[b] then return place[a] < place[b] end
      return rank[a] < rank[b]
    end)
  end
  local rows = {}
  for _, g in ipairs(shuffled) do table.move(groups[g], 1, #groups[g], #rows + 1, rows) end
  return rows
end

return split
