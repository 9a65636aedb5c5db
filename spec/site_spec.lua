--- The site that `make docs` writes: its links lead somewhere, its colours lose nothing.
package.path = "./?.lua;" .. package.path
local check = require "scripts.site.check"
local files = require "spec.support.files"
local highlight = require "scripts.site.highlight"
local markdown = require "scripts.site.markdown"
local page = require "scripts.site.page"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"

local function plain(html)
  return (html:gsub("<[^>]*>", ""):gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&quot;", '"'):gsub("&amp;", "&"))
end

describe("The colours of code", function()
  it("lose nothing of any source", function()
    for _, path in ipairs(files.find("lua/ecgraft/nn", "%.lua$")) do
      assert.equal(files.read(path), plain(highlight.html(files.read(path), "lua")))
    end
    for _, path in ipairs(files.find("csrc/ecg", "%.[ch]$")) do
      assert.equal(files.read(path), plain(highlight.html(files.read(path), "c")))
    end
    local odd = [==[x = "not closed
      y = [[long
      string]] --[=[ comment ]=] 'a\'b' z = 3e-3 <&>]==]
    for _, language in ipairs{"lua", "c", "sh", "python", "text"} do assert.equal(odd, plain(highlight.html(odd, language))) end
  end)

  it("are there", function()
    assert.equal('<span class="k">local</span> x = <span class="s">&quot;a&quot;</span> <span class="c">-- b</span>',
      highlight.html('local x = "a" -- b', "lua"))
    assert.equal('a &lt; b', highlight.html("a < b", "text"))
  end)
end)

describe("A way between pages", function()
  it("is relative", function()
    assert.equal("../index.html", page.relative("docs/data.html", "index.html"))
    assert.equal("data.html", page.relative("docs/guide.html", "docs/data.html"))
    assert.equal("../docs/a.html#b", page.relative("reference/eg.html", "docs/a.html#b"))
    assert.equal("../../x.html", page.relative("a/b/c.html", "x.html"))
    assert.equal("c/d.html", page.relative("a/x.html", "a/c/d.html"))
  end)
end)

describe("The check of links", function()
  it("finds what leads nowhere", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/a.html", '<h1 id="one">x</h1><a href="b.html#two">y</a><a href="#one">z</a>' ..
        '<a href="https://e.org/x">w</a>')
      temporary.write(folder .. "/b.html", '<h1 id="two">x</h1><h2 id="two">x</h2><a href="a.html#three">y</a>' ..
        '<img src="p.svg"><a href="../a">z</a>')
      local faults, pages, links = check.faults(folder)
      assert.same({2, 6}, {pages, links})
      assert.same({"b.html: the anchor two stands twice", "b.html: a.html#three: there is no such place in the page",
        "b.html: p.svg is not there", "b.html: ../a is not there"}, faults)
    end)
  end)
end)

describe("The site", function()
  it("is written, whole and without a dead link", function()
    if not markdown.ready() then return pending "no program cmark-gfm" end
    temporary.folder(function(folder)
      local status, out, err = process.lua{"scripts/site.lua", folder .. "/site"}
      assert(status == 0, err)
      assert.truthy(out:find "%d+ pages, %d+ links")
      local fit = files.read(folder .. "/site/reference/eg.html")
      assert.truthy(fit:find('<h2 id="fit">', 1, true))
      assert.truthy(fit:find("records a step", 1, true))
      for _, path in ipairs(files.find("docs", "%.md$")) do
        local html = files.read(folder .. "/site/" .. path:gsub("%.md$", ".html"))
        assert.truthy(html:find("<h1 id=", 1, true))
        assert.is_nil(html:find("<script", 1, true))
        assert.is_nil(html:find('src="http', 1, true))
        assert.is_nil(html:find "<t[hd] align=")
      end
      assert.truthy(files.read(folder .. "/site/docs/metrics.html"):find('<th style="text-align: right">', 1, true))
      local index = files.read(folder .. "/site/index.html")
      assert.truthy(index:find('style="width: 49%"', 1, true))
      assert.is_nil(index:find "<img[^>]* width=\"[^\"]*%%")
      -- Written again over itself; not over anything else.
      assert.equal(0, (process.lua{"scripts/site.lua", folder .. "/site"}))
      temporary.write(folder .. "/other.txt", "mine")
      assert.equal(1, (process.lua{"scripts/site.lua", folder}))
      assert.equal("mine", files.read(folder .. "/other.txt"))
    end)
  end)
end)
