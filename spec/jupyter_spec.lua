--- The Jupyter kernel's own tests (jupyter/tests), where there is a Python with Jupyter's packages: PYTHON names it, else python3 is asked.
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"

local python = os.getenv "PYTHON" or "python3"

describe("The Jupyter kernel", function()
  it("passes its tests", function()
    local known, status, _, why = pcall(process.run, {python, "-c", "import os, ipykernel, jupyter_client, nbformat; os.openpty()"})
    if not known or status ~= 0 then
      return pending(("%s (PYTHON names another) cannot: %s"):format(python, (why or status):match "([^\n]*)\n*$"))
    end
    temporary.folder(function(folder)
      temporary.write(folder .. "/a.lua", "-- %% [markdown]\n-- # A\n-- %% Title; inputs: b\nprint 'x'\n1\n-- %%\nerror 'no'\n-- %%\n2\n")
      local ecgraft = process.root .. "/bin/ecgraft"
      assert.equal(1, (process.lua{ecgraft, "notebook", "a.lua", "--ipynb", cwd = folder}))
      local code, out, err = process.run{python, "-m", "unittest", "discover", "-s", process.root .. "/jupyter/tests", cwd = folder, env = {
        PYTHONPATH = process.root .. "/jupyter", ECGRAFT = ecgraft, ECGRAFT_IPYNB = folder .. "/a.ipynb", PYTHONDONTWRITEBYTECODE = "1"}}
      assert(code == 0, out:sub(-2000) .. err:sub(-6000))
      assert.matches("Ran %d+ tests", err)
      assert.not_matches("skipped", err)
    end)
  end)
end)
