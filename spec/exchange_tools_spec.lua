--- What eg.export writes, read by the tools it is for: scripts/exchange.lua says how. They are looked for where ECGRAFT_EXCHANGE_PYTHON,
-- or PYTHON, names an interpreter that has onnx, onnxruntime, torch, safetensors and tensorboard.
local process = require "spec.support.process"

local python = os.getenv "ECGRAFT_EXCHANGE_PYTHON" or os.getenv "PYTHON"

--- Why the check cannot be made, or nil.
local function lacking()
  if require("ecgraft.core").scalar ~= "float32" then return "the tools compute in single precision" end
  if not python then
    return "neither ECGRAFT_EXCHANGE_PYTHON nor PYTHON names an interpreter with onnx, onnxruntime, torch and tensorboard"
  end
  local ok = os.execute(("%s -c 'import onnx, onnxruntime, torch, safetensors, tensorboard' >/dev/null 2>&1"):format(python))
  return not ok and python .. " lacks onnx, onnxruntime, torch, safetensors or tensorboard" or nil
end

describe("onnxruntime, PyTorch, safetensors, NumPy and TensorBoard", function()
  it("give our logits to 1e-5, and read what we write", function()
    local reason = lacking()
    if reason then return pending(reason) end
    local build = package.searchpath("ecgraft.core", package.cpath):gsub("/ecgraft/core%.so$", "")
    local code, out, err = process.lua{"scripts/exchange.lua", build, "--size", "small", env = {PYTHON = python}, limit = 600}
    assert.equal(0, code, out .. err)
    local passed = tonumber(out:match "(%d+) passed, 0 failed")
    assert.is_true(passed and passed > 60, out)
  end)
end)
