local html = require "ecgraft.html"
local xml = require "spec.support.xml"

describe("html", function()
  it("makes a whole page with no script and nothing fetched", function()
    local text = html.page { title = "<T>", description = 'a "b"', body = html.element("p", nil, "x < y") }
    local root = xml.parse(text, { void = { "meta" } })
    assert.equal("html", root.name)
    assert.equal("<T>", xml.texts(root, "title")[1])
    assert.equal("x < y", xml.texts(root, "p")[1])
    assert.equal(0, #xml.find(root, "script"))
    assert.equal(0, #xml.find(root, "link"))
    assert.not_matches("https?://", text)
    assert.not_matches("url%(", text)
    assert.not_matches("@import", text)
    assert.matches("default-src &#39;none&#39;", (text:gsub("'", "&#39;")), 1, true)
    assert.matches("prefers-color-scheme:dark", text, 1, true)
    assert.matches("@media print", text, 1, true)
  end)

  it("makes tables with headed columns, numbers at the right and escaped cells", function()
    local root = xml.parse("<div>" .. html.table {
      caption = "c & d", columns = { { title = "name" }, { title = "<n>", align = "right" } },
      rows = { { "<b>", -0.5 }, { { text = "s", strong = true }, nil, rule = true } }, note = "n < m",
    } .. "</div>")
    assert.equal("<n>", xml.texts(root, "th")[2])
    assert.same({ "<b>", "−0.5", "s", "–" }, xml.texts(root, "td"))
    assert.equal("number", xml.find(root, "td")[2].attributes.class)
    assert.equal("s", xml.texts(root, "strong")[1])
    assert.equal("rule", xml.find(root, "tr")[3].attributes.class)
    assert.equal("c & d", xml.texts(root, "p")[1])
    assert.equal("n < m", xml.texts(root, "p")[2])
  end)

  it("escapes in lists, boxes and captions", function()
    for _, text in ipairs { html.list { "<&>" }, html.preformatted("<&>"), html.details("<&>", ""), html.figure("<svg/>", "<&>") } do
      local root = xml.parse(text)
      assert.matches("<&>", root.text, 1, true)
    end
  end)

  it("refuses unknown options", function()
    assert.error_matches(function() html.page { title = "t", body = "", script = "x" } end, "html.page: unknown option 'script'")
    assert.error_matches(function() html.page { body = "" } end, "option 'title' is required")
  end)
end)
