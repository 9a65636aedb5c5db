local class_names = require "ecgraft.data.class_names"
local core = require "ecgraft.core"

describe("names of classes", function()
  it("are known of all that the generator makes", function()
    local names = class_names(core.synth.classes)
    for _, class in ipairs(core.synth.classes) do assert.is_string(names[class], class) end
    assert.equal("T wave abnormal", names.TAb)
  end)

  it("are PTB-XL's where its superclasses are, else the Challenge's; others have none", function()
    assert.same({NORM = "normal", CD = "conduction disturbance", STTC = "ST or T wave change"}, class_names{"NORM", "CD", "STTC"})
    assert.same({CD = "cardiac dysrhythmia", AF = "atrial fibrillation"}, class_names{"CD", "AF", "mine"})
  end)
end)
