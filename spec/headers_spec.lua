--- Each public header compiles alone, without a warning, as C11 and as C++, and brings in no header of Lua, BLAS or HDF5.
local files = require("spec.support.files")

local function has(command)
  return (os.execute("command -v " .. command .. " >/dev/null 2>&1"))
end

--- Compiles one line that includes the header; true or nil, and what the compiler said.
local function compiles(command, header)
  local pipe = assert(io.popen(("printf '#include \"%s\"\\n#include \"%s\"\\n' | %s - 2>&1"):format(header, header, command)))
  local said = pipe:read("a")
  return pipe:close(), said
end

local STRICT = " -Wall -Wextra -Wpedantic -Werror -fsyntax-only -Icsrc/include"
local COMPILERS = {
  { name = "cc", command = "cc -std=c11 -x c" .. STRICT },
  { name = "cc", command = "cc -std=c11 -DEG_DOUBLE -x c" .. STRICT },
  { name = "c++", command = "c++ -std=c++17 -x c++" .. STRICT },
}

local headers = files.find("csrc/include", "%.h$")

describe("the public headers", function()
  it("are there", function()
    assert.is_true(#headers >= 8)
  end)

  for _, path in ipairs(headers) do
    local header = path:gsub("^csrc/include/", "")
    for _, compiler in ipairs(COMPILERS) do
      it(("%s compiles alone with %s"):format(header, compiler.command:match("^%S+ %S+ ?%-?D?[%w_]*")), function()
        if not has(compiler.name) then pending(compiler.name .. " is not installed") end
        local ok, said = compiles(compiler.command, header)
        assert.is_true(ok, said)
      end)
    end

    it(header .. " shows no Lua, BLAS or HDF5", function()
      if not has("cc") then pending("cc is not installed") end
      local pipe = assert(io.popen(("cc -std=c11 -M -Icsrc/include -x c %s 2>&1"):format(path)))
      local list = pipe:read("a")
      assert.is_true(pipe:close(), list)
      for name in list:gmatch("([%w_]+%.h)") do
        assert.is_nil(({ ["lua.h"] = true, ["lauxlib.h"] = true, ["cblas.h"] = true, ["hdf5.h"] = true })[name], name)
      end
    end)
  end
end)
