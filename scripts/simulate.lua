--- How often the statistics of a study are wrong where the truth is known: Markdown tables for docs/metrics.md.
--   lua5.4 scripts/simulate.lua [STUDIES]      (500; some minutes)
-- From the root of the sources, with LUA_PATH and LUA_CPATH as in CONTRIBUTING.md.
package.path = "?.lua;" .. package.path
local simulated = require "spec.support.simulated"

local studies = math.tointeger(tonumber(arg[1])) or 500
local RESAMPLES = 500

local function percent(share) return ("%.1f %%"):format(100 * share) end

local scenarios = {
  {"only records differ", spread = 0, arm = .1},
  {"only seeds differ", spread = .1, arm = 0},
  {"both", spread = .1, arm = .1},
  {"mostly seeds", spread = .2, arm = .05},
}

print("| what differs | seeds | interval holds 0 | interval over records holds these runs' gain | ... leaves 0 out | sign-flip p <= 0.05 "
  .. "| both (clear) | McNemar p <= 0.05 |\n|---|---:|---:|---:|---:|---:|---:|---:|")
for _, s in ipairs(scenarios) do
  for _, seeds in ipairs{3, 6, 10} do
    local o = {records = 300, seeds = seeds, strength = 1.5, spread = s.spread, common = .6, arm = s.arm}
    local r = simulated.rates(o, studies, RESAMPLES, 7)
    print(("| %s | %d | %s | %s | %s | %s | %s | %s |"):format(s[1], seeds, percent(r.covers), percent(r.covers_own),
      percent(r.records_reject), percent(r.flip_reject), percent(r.clear), s.spread == 0 and percent(r.mcnemar_reject) or ""))
    io.stdout:flush()
  end
end

print("\n| rows of a table | seeds | at least one false finding after Holm |\n|---:|---:|---:|")
for _, c in ipairs{{1, 10}, {4, 10}, {8, 10}} do
  print(("| %d | %d | %s |"):format(c[1], c[2], percent(simulated.family_error(c[1], c[2], 4 * studies, 8))))
end

print("\n| sizes | seeds | interval of the effective size holds it |\n|---:|---:|---:|")
for _, seeds in ipairs{3, 6, 12} do
  for _, sizes in ipairs{{100, 200, 400, 800}, {100, 200, 400, 800, 1600, 3200}} do
    print(("| %d | %d | %s |"):format(#sizes, seeds,
      percent(simulated.effective_size_cover({sizes = sizes, seeds = seeds, noise = .01, worth = 2}, studies, 300, 9))))
    io.stdout:flush()
  end
end
