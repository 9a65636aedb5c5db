--- The site that `make docs` writes: its links lead somewhere, its colours lose nothing.
package.path = "./?.lua;" .. package.path
local check = require "scripts.site.check"
local files = require "spec.support.files"
local highlight = require "scripts.site.highlight"
local markdown = require "scripts.site.markdown"
local page = require "scripts.site.page"
local process = require "spec.support.process"
local search = require "scripts.site.search"
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
      faults = check.faults(folder, {"a.html#one", "a.html#four", "c.html"})
      assert.same({"search.js: a.html#four: there is no such place in the page", "search.js: c.html is not there"},
        table.move(faults, 5, 6, 1, {}))
    end)
  end)
end)

describe("The index of the search", function()
  it("has titles and headings, their first sentences and the words of their texts", function()
    assert.same({
      {"Data", "docs/data.html", "Data", "Nothing is downloaded.", "nothing is downloaded set"},
      {"A & B", "docs/data.html#a--b", "Data", "Records of `one` rate.", "eg data georgia records of one rate more"},
    }, search.of_page("docs/data.html", "Data", '<h1 id="data">Data</h1><p>Nothing is\ndownloaded. A <code>set</code> is.</p>' ..
      '<h2 id="a--b">A &amp; B</h2><pre><code>eg.data.georgia(1)</code></pre><p>Records of `one` rate. More.</p>'))
    assert.same({{"eg", "reference/eg.html", "eg", "The module.", "the module it is large"}},
      search.of_page("reference/eg.html", "eg", "<h1>eg</h1>\n<p>The module. It is large.</p>"))
  end)

  it("cuts long sentences at a word", function()
    local cut = search.sentence(("word "):rep(100))
    assert.is_true(#cut < 170)
    assert.matches("word …$", cut)
    assert.equal("", search.sentence "")
  end)

  it("is a script whatever the texts hold", function()
    local odd = 'a "b" \\ </script>\n'
    local script = search.script({{odd, "x.html", "", "", ""}}, "run();")
    assert.is_nil(script:find("</script", 1, true))
    assert.matches("\n\nrun();", script, 1, true)
    assert.same({{odd, "x.html", "", "", ""}}, (require("dkjson").decode(script:match "^const INDEX = (.-);\n")))
  end)
end)

-- A page with a query typed into its field and keys pressed, as Chromium has it afterwards: its HTML.
local function typed(folder, path, query, keys)
  local html = files.read(folder .. "/" .. path)
  local test = [[<script>addEventListener("load", function () {
    const field = document.querySelector(".search input");
    field.value = "%s";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    for (const key of "%s".split(" ").filter(Boolean))
      field.dispatchEvent(new KeyboardEvent("keydown", { key: key, bubbles: true, cancelable: true }));
  });</script></body>]]
  local at = folder .. "/" .. path:gsub("[^/]+$", "typed.html")
  temporary.write(at, (html:gsub("</body>", function() return test:format(query, keys) end)))
  local status, dom, message = process.run{"chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "file://" .. at,
    env = {LD_PRELOAD = false}, limit = 120} -- it does not run under a sanitizer
  os.remove(at)
  assert(status == 0, message)
  return dom
end

-- The results of a page as {name, href}, and which is chosen.
local function results_of(dom)
  local list, chosen = {}, nil
  local pattern = '<li id="search%-result%-%d+" role="option" aria%-selected="(%a+)"><a href="([^"]*)"[^>]*><b>(.-)</b>'
  for selected, href, name in dom:gmatch(pattern) do
    list[#list + 1] = {plain(name), href}
    if selected == "true" then chosen = #list end
  end
  return list, chosen
end

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
      local record = files.read(folder .. "/site/reference/record.html")
      for _, part in ipairs{"<h3>Fields</h3>", '<code>signals</code></td><td><a href="tensor.html">ecgraft.Tensor</a>',
          '<p>Returns <code><a href="record.html">ecgraft.Record</a></code>.</p>'} do
        assert.truthy(record:find(part, 1, true), part)
      end
      for _, path in ipairs(files.find("docs", "%.md$")) do
        local html = files.read(folder .. "/site/" .. path:gsub("%.md$", ".html"))
        assert.truthy(html:find("<h1 id=", 1, true))
        -- One script, in a file of its own, nothing of it in the page; the field that it serves is hidden until it runs.
        assert.equal(1, select(2, html:gsub("<script", "")))
        assert.truthy(html:find('<script src="../search.js" defer></script>', 1, true))
        assert.is_nil(html:find "<[^>]+%son%a+=")
        assert.is_nil(html:find("javascript:", 1, true))
        assert.truthy(html:find('<form class="search" role="search" hidden>', 1, true))
        assert.is_nil(html:find('src="http', 1, true))
        assert.is_nil(html:find "<t[hd] align=")
      end
      assert.truthy(files.read(folder .. "/site/docs/metrics.html"):find('<th style="text-align: right">', 1, true))
      local script, there = files.read(folder .. "/site/search.js"), {}
      local entries = require("dkjson").decode(script:match "^const INDEX = (.-);\n")
      for _, each in ipairs(entries) do there[each[1] .. " " .. each[2]] = each end
      for _, name in ipairs{"eg.fit reference/eg.html#fit", "tensor:matmul reference/tensor.html#matmul", "Data docs/data.html",
          "ECGraft index.html", "examples/05_train.lua examples/05_train.lua.html"} do
        assert.is_truthy(there[name], name)
      end
      assert.matches("%f[%w]epochs%f[%W]", there["eg.fit reference/eg.html#fit"][5])
      assert.is_nil(script:find "fetch%(") -- works from files
      assert.is_nil(script:find "https?:")
      local index = files.read(folder .. "/site/index.html")
      assert.truthy(index:find('style="width: 49%"', 1, true))
      assert.is_nil(index:find "<img[^>]* width=\"[^\"]*%%")
      -- Written again over itself; not over anything else.
      assert.equal(0, (process.lua{"scripts/site.lua", folder .. "/site"}))
      temporary.write(folder .. "/style.css", "mine") -- of another site
      temporary.write(folder .. "/other.txt", "mine")
      assert.equal(1, (process.lua{"scripts/site.lua", folder}))
      assert.equal("mine", files.read(folder .. "/other.txt"))
    end)
  end)

  it("is searched in a browser, without a server", function()
    if not markdown.ready() then return pending "no program cmark-gfm" end
    if not os.execute "command -v chromium >/dev/null 2>&1" then return pending "no program chromium" end
    temporary.folder(function(folder)
      assert.equal(0, (process.lua{"scripts/site.lua", folder .. "/site"}))
      local site = folder .. "/site"
      local list, chosen = results_of(typed(site, "docs/data.html", "FIT", ""))
      assert.same({"eg.fit", ("file://%s/reference/eg.html#fit"):format(site)}, list[1])
      assert.is_true(#list > 3 and #list <= 20)
      assert.is_nil(chosen)
      list, chosen = results_of(typed(site, "index.html", "scaler fit", "ArrowDown ArrowDown ArrowUp"))
      assert.equal("eg.data.scaler.fit", list[1][1])
      assert.equal(1, chosen)
      local none = typed(site, "reference/eg.html", "<b>zzz</b>", "")
      assert.same({}, (results_of(none)))
      assert.truthy(none:find("Nothing found.", 1, true))
      list = results_of(typed(site, "index.html", "clip_norm patience", "")) -- neither in a name nor in a first sentence
      assert.equal("eg.fit", list[1] and list[1][1])
      local some = typed(site, "index.html", "zzz melep", "")
      assert.truthy(some:find("Nothing has all of these words", 1, true))
      assert.equal("eg.transfer.measure.melep", results_of(some)[1][1])
      for _, key in ipairs{"Escape", "Tab"} do
        assert.truthy(typed(site, "index.html", "data", key):find('<ol[^>]* hidden=""'))
      end
      local closed = typed(site, "index.html", "data", "Escape")
      assert.is_nil(closed:find '<form class="search"[^>]* hidden')
    end)
  end)
end)
