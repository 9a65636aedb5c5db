local files = require "ecgraft.files"

--- A rockspec's tables, read in an empty environment.
local function rockspec(path)
  local env = {}
  assert(loadfile(path, "t", env))()
  return env
end

describe("the rockspecs", function()
  local version = assert(files.read "VERSION"):match "%S+"
  local scm, release = rockspec "rockspec/ecgraft-scm-1.rockspec", rockspec(("rockspec/ecgraft-%s-1.rockspec"):format(version))

  it("differ in version and source alone", function()
    assert.equal("scm-1", scm.version)
    assert.equal(version .. "-1", release.version)
    assert.equal(("file://ecgraft-%s.tar.gz"):format(version), release.source.url)
    assert.equal("ecgraft-" .. version, release.source.dir)
    release.version, release.source, scm.version, scm.source = nil, nil, nil, nil
    assert.same(scm, release)
  end)
end)
