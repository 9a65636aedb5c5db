--- What Jupyter's front ends get.
local portable = require "ecgraft.display.portable"

describe("display.portable", function()
  it("has pictures in the HTML as well, as images", function()
    for svg, encoded in pairs{["<svg/>"] = "PHN2Zy8+", ["<svg />"] = "PHN2ZyAvPg==", ["<svg>é</svg>"] = "PHN2Zz7DqTwvc3ZnPg=="} do
      local data = portable{["image/svg+xml"] = svg, ["text/plain"] = 'a "record"\nof two lines'}
      assert.equal('<img alt="a &quot;record&quot;" src="data:image/svg+xml;base64,' .. encoded .. '">\n', data["text/html"])
      assert.equal(svg, data["image/svg+xml"])
    end
    assert.matches("^<img [^>]*>\n<details><summary>.*<table/></details>\n$",
      portable{["image/svg+xml"] = "<svg/>", ["text/html"] = "<table/>"}["text/html"])
  end)

  it("leaves all else as it is", function()
    local data = {["text/plain"] = "x", ["text/html"] = "<p>x</p>"}
    assert.same(data, portable(data))
  end)
end)
