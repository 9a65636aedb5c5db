--- Which names are near to one that was not found.
local near = require "ecgraft.near"

describe("near names", function()
  it("differ by few letters", function()
    for _, each in ipairs{{"train", "train", 0}, {"trian", "train", 1}, {"dta", "data", 1}, {"", "ab", 2}, {"abc", "", 3},
      {"kitten", "sitting", 3}, {"ca", "abc", 3}, {"synthtic", "synthetic", 1}, {"acb", "abc", 1}} do
      assert.equal(each[3], near.distance(each[1], each[2]), each[1] .. " " .. each[2])
      assert.equal(each[3], near.distance(each[2], each[1]))
    end
  end)

  it("come nearest first, each once", function()
    assert.same({"parameters", "named_parameters"}, near.names("param", {"named_parameters", "parameters", "state", "parameters"}, 3))
    assert.same({"Linear"}, near.names("linear", {"Linear", "LSTM"}, 3))
    assert.same({"ab1", "ab2"}, near.names("ab", {"ab1", "ab2", "ab3"}, 2))
    assert.same({}, near.names("", {"a", "ab"}, 2))
    assert.same({}, near.names("os", {"io", "ok", "os"}, 3))
    assert.same({}, near.names("unheard_of", {"train", "eval"}, 3))
  end)
end)
