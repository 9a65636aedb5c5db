--- The prompt's parts beside the session: input from a pipe, the history's file, help, pictures.
local eg = require "ecgraft"
local files = require "ecgraft.files"
local help = require "ecgraft.repl.help"
local history = require "ecgraft.repl.history"
local picture = require "ecgraft.repl.picture"
local plot = require "ecgraft.repl.plot"
local process = require "spec.support.process"
local repl = require "ecgraft.repl"
local temporary = require "spec.support.temporary"
local xml = require "spec.support.xml"

local function piped(text, arguments)
  return process.run{"sh", "-c", ("cat <<'END' | ecgraft repl %s\n%s\nEND"):format(arguments or "", text),
    env = {DISPLAY = "", WAYLAND_DISPLAY = ""}}
end

describe("input that is no terminal", function()
  it("is run and its results printed", function()
    local status, out, errors = piped "x = 2\nlocal y = 3\nx + y, 'a'\nfor i = 1, 2 do\n  print(i)\nend\nx;\n\n-- end"
    assert.equal(0, status)
    assert.equal('5  "a"\n1\n2\n', out)
    assert.equal("", errors)
  end)

  it("ends at the first error", function()
    local status, out, errors = piped "1\nerror 'no'\n2"
    assert.equal(1, status)
    assert.equal("1\n", out)
    assert.equal("error: no\n", errors)
    status, out, errors = piped "1\nx = {"
    assert.equal(1, status)
    assert.equal("1\n", out)
    assert.truthy(errors:find("<eof>", 1, true))
  end)

  it("is no script that a study's workers could run again", function()
    temporary.folder(function(folder)
      local study = ("eg.study{name = 's', networks = {'gru'}, strategies = {'scratch'}, downstream = {b = function() error 'read' end}}"
        .. ":run{workers = 2, out = '%s/out'}"):format(folder)
      local status, _, errors = piped(study)
      assert.equal(1, status)
      assert.equal("error: study: worker processes run the script again, so the study must be in a script; at a prompt or in a notebook "
        .. "use workers = 1\n", errors)
      assert.is_false(files.exists(folder .. "/out"))
    end)
  end)

  it("comes after the files that are named", function()
    temporary.folder(function(folder)
      assert(files.write(folder .. "/a.lua", "local a = 5\nprint 'ran'\n"))
      local status, out = piped("a + 1", folder .. "/a.lua")
      assert.equal(0, status)
      assert.equal("ran\n6\n", out)
      status = piped("1", folder .. "/none.lua")
      assert.equal(1, status)
    end)
  end)
end)

describe("values", function()
  it("stand beside each other where there is room", function()
    assert.equal('1  nil  "x"', repl.values_text({1, nil, "x", n = 3}, {width = 80}))
    assert.equal(("%q\n%q"):format(("x"):rep(60), ("y"):rep(60)), repl.values_text({("x"):rep(60), ("y"):rep(60), n = 2}, {width = 80}))
    assert.is_nil(repl.values_text({n = 0}, {width = 80}))
  end)
end)

describe("the history", function()
  it("keeps inputs of several lines, in a file that is one's own", function()
    temporary.folder(function(folder)
      local path = folder .. "/state/ecgraft/history"
      assert.same({}, history.load(path))
      local inputs = {"x = 1", "for i = 1, 2 do\n  print(i)\nend", 'print "a\\nb"', "\\"}
      for _, text in ipairs(inputs) do assert(history.add(path, text)) end
      assert.same(inputs, history.load(path))
      assert.equal(tonumber("600", 8), require("luv").fs_stat(path).mode & tonumber("777", 8))
    end)
  end)

  it("does not grow for ever", function()
    temporary.folder(function(folder)
      local lines = {}
      for i = 1, 5000 do lines[i] = "x = " .. i end
      assert(files.write(folder .. "/history", table.concat(lines, "\n") .. "\n"))
      local kept = history.load(folder .. "/history")
      assert.equal(2000, #kept)
      assert.equal("x = 5000", kept[2000])
      assert.equal(2000, #history.load(folder .. "/history"))
    end)
  end)

  it("says where it cannot be kept", function()
    temporary.folder(function(folder)
      assert(files.write(folder .. "/file", ""))
      local ok, message = history.add(folder .. "/file/history", "x")
      assert.is_nil(ok)
      assert.is_string(message)
    end)
  end)
end)

describe("help", function()
  local before = require "ecgraft.docs"
  local entry = {name = "eg.fit", signature = "eg.fit(net, train [, options])", file = "lua/ecgraft/../ecgraft/fit.lua", line = 7,
    text = "eg.fit(net, train [, options]): trains `net` on words that are many enough that the line has to be filled anew where the "
      .. "terminal is narrow.\n  first    the first item of a list,\n           which goes on\n  second   another\n\n  local x = eg.fit()",
    options = {{name = "epochs", type = "integer", default = "30", text = "how many"}, {name = "keep", type = "string", required = true,
      choices = {"best", "last"}}, {name = "task", type = "any"}}}

  before_each(function()
    package.loaded["ecgraft.docs"] = {
      find = function(what)
        if what == eg.fit or what == "eg.fit" then return entry end
        return nil, what == "eg.fti" and {"eg.fit"} or {}
      end,
      search = function(word) return word == "train" and {entry} or {} end,
      summary = before.summary,
    }
  end)
  after_each(function() package.loaded["ecgraft.docs"] = before end)

  local environment = setmetatable({eg = eg, own = function(a) return a end}, {__index = _G})
  local shape = {width = 60, colour = false}

  it("shows what is known of a name", function()
    local text = help.about("eg.fit", environment, shape)
    assert.equal([[
eg.fit(net, train [, options])
trains `net` on words that are many enough that the line has
to be filled anew where the terminal is narrow.
  first    the first item of a list, which goes on
  second   another

  local x = eg.fit()

Options:
  epochs  integer, default 30: how many
  keep    string, required; one of "best", "last"
  task

lua/ecgraft/fit.lua, line 7]], text)
  end)

  it("knows a function under another name, and one's own", function()
    environment.train = eg.fit
    assert.truthy(help.about("train", environment, shape):find("^eg.fit%("))
    assert.truthy(help.about("own", environment, shape):find("^function%(a%)"))
  end)

  it("is asked with a mark before or behind", function()
    for _, text in ipairs{"?eg.fit", "? eg.fit ", "eg.fit?", " eg.fit ?"} do
      assert.matches("^eg.fit%(", help.answer(text, environment, shape), text)
    end
    assert.matches("^eg.fit  ", help.answer("??train", environment, shape))
    assert.matches("^eg.fit  ", help.answer("train??", environment, shape))
    for _, text in ipairs{"?", "??", "x", "x = 'a?'", "?a\nb", "f()?"} do assert.is_nil(help.answer(text, environment, shape), text) end
  end)

  it("says what is near, and what has a word", function()
    assert.truthy(help.about("eg.fti", environment, shape):gsub("\n", " "):find("Near to it: eg.fit", 1, true))
    assert.truthy(help.about("zzz", environment, shape):find("??zzz", 1, true))
    assert.truthy(help.search("train", shape):find("^eg.fit  "))
    assert.truthy(help.search("zzz", shape):find("does not have 'zzz'", 1, true))
    assert.equal("eg.fit  ...", help.search("train", {width = 5})) -- no room beside the name
  end)
end)

describe("plot", function()
  local set = eg.data.synthetic{records = 40, seconds = 5}
  local rows = {}
  for i = 1, 3 do rows[i] = {epoch = i, train_loss = 1 / i} end
  local drawn = {
    record = set:record(1), set = set, history = rows, vector = eg.randn(50), signal = set:record(1).signals, matrix = eg.randn(5, 4),
    positive = eg.rand(100, 100), numbers = {1, 3, 2}, lists = {a = {1, 2}, b = eg.randn(3)},
    svg = '<svg xmlns="http://www.w3.org/2000/svg"/>',
    metrics = eg.metrics.evaluate(eg.full({4, 2}, .5), eg.tensor{{0, 1}, {1, 0}, {0, 1}, {1, 1}}),
  }

  for name, value in pairs(drawn) do
    it("draws " .. name, function() assert.truthy(xml.parse(picture(value))) end)
  end

  it("says what it can draw", function()
    for _, value in ipairs{3, {}, eg.zeros(2, 2, 2), eg.zeros(0), "text", {a = 1}} do
      local ok, message = pcall(picture, value)
      assert.is_false(ok)
      assert.truthy(message:find("^plot: "), message)
    end
  end)

  it("writes where it is told, or under a free name", function()
    temporary.folder(function(folder)
      local lines, print_before = {}, print
      _G.print = function(line) lines[#lines + 1] = line end -- luacheck: ignore
      local viewer = plot.viewer
      plot.viewer = function() return nil end
      local ok, message = pcall(plot.draw, {1, 2}, folder .. "/x.svg")
      local _, failure = plot.draw({1, 2}, folder .. "/none/x.svg")
      plot.viewer = viewer
      _G.print = print_before -- luacheck: ignore
      assert.is_true(ok, message)
      assert.same({"written to " .. folder .. "/x.svg"}, lines)
      assert.is_true(files.exists(folder .. "/x.svg"))
      assert.is_string(failure)
      local status, out = process.run{"sh", "-c", "echo 'plot{1, 2} plot{2, 1}' | ecgraft repl", cwd = folder,
        env = {DISPLAY = "", WAYLAND_DISPLAY = ""}}
      assert.equal(0, status)
      assert.equal("written to plot-1.svg\nwritten to plot-2.svg\n", out)
    end)
  end)

  it("is written where the viewer cannot be started", function()
    temporary.folder(function(folder)
      local status, out, errors = process.lua{"-e", "local plot = require 'ecgraft.repl.plot' "
        .. "plot.viewer = function() return '/no/viewer' end plot.draw({1, 2}, 'x.svg')", cwd = folder}
      assert.same({0, "written to x.svg\n", ""}, {status, out, errors})
    end)
  end)

  it("is the functions of eg.plot as well", function()
    local callable = plot.callable(eg.plot)
    assert.equal(eg.plot.lines, callable.lines)
    assert.has_error(function() callable(3) end)
  end)
end)
