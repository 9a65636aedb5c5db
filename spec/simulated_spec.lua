--- The statistics of a study where the truth is known, in short; scripts/simulate.lua is the whole, docs/metrics.md has its numbers.
-- Seeds are fixed. With the true rates of those tables the bounds here fail for fewer than one in a hundred seeds.
local simulated = require "spec.support.simulated"

describe("a study of two arms that are equally good", function()
  local o = {records = 120, seeds = 4, strength = 1.5, spread = .2, common = .6, arm = .05}

  it("is told by the interval over records and seeds, not by that over records alone", function()
    local r = simulated.rates(o, 100, 150, 3)
    assert(r.covers >= .88, r.covers)                  -- 95 %
    assert(r.covers_own >= .88, r.covers_own)          -- 95 %, of these very runs
    assert(r.records_reject >= .15, r.records_reject)  -- about 35 %: what that interval is not for
    assert(r.clear <= .05 and r.flip_reject <= .05)    -- four seeds cannot reach p < 0.05
  end)

  it("has a false finding in a table in at most one of twenty after Holm", function()
    local share = simulated.family_error(6, 9, 400, 4)
    assert(share <= .085, share)
  end)
end)

describe("an effective size from three seeds", function()
  it("lies in its interval", function()
    local share = simulated.effective_size_cover({sizes = {100, 200, 400, 800}, seeds = 3, noise = .01, worth = 2}, 60, 150, 5)
    assert(share >= .9, share)
  end)
end)
