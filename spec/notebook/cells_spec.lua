local cells = require "ecgraft.notebook.cells"
local ipynb = require "ecgraft.notebook.ipynb"
local files = require "ecgraft.files"

local TEXT = [[
-- what it is
local eg = 1

-- %% [markdown]
-- # Title
--
-- text
--   - indented

-- %% Some title; inputs: a.csv, folder/b c.h5

x = 1

y = 2

-- %%

-- %% inputs: c
z = 3
]]

describe("The cells of a notebook", function()
  it("are found with their lines, titles and inputs", function()
    assert.same({
      {kind = "code", source = "-- what it is\nlocal eg = 1", line = 1, inputs = {}},
      {kind = "markdown", source = "# Title\n\ntext\n  - indented", line = 5, inputs = {}},
      {kind = "code", source = "x = 1\n\ny = 2", line = 12, inputs = {"a.csv", "folder/b c.h5"}, title = "Some title"},
      {kind = "code", source = "z = 3", line = 19, inputs = {"c"}},
    }, cells.parse(TEXT, "a.lua"))
  end)

  it("are the same after they were written", function()
    local list = cells.parse(TEXT, "a.lua")
    local again = cells.parse(cells.write(list), "a.lua")
    for i, cell in ipairs(list) do
      cell.line, again[i].line = nil, nil
      assert.same(cell, again[i])
    end
    assert.equal(cells.write(list), cells.write(again))
  end)

  it("may have other line ends, a long comment for text, or none at all", function()
    assert.equal("x = 1\ny = 2", cells.parse("--%%\r\nx = 1\r\ny = 2\r\n", "a")[1].source)
    assert.equal("a\nb", cells.parse("-- %% [md]\n--[[ a\nb ]]\n", "a")[1].source)
    assert.same({}, cells.parse("", "a"))
    assert.same({}, cells.parse("-- %%\n\n-- %% [markdown]\n", "a"))
  end)

  it("say where a Markdown cell has a line of code", function()
    local list, message = cells.parse("-- %% [markdown]\n-- a\nx = 1\n", "look.lua")
    assert.is_nil(list)
    assert.matches("^look.lua:3: a Markdown cell has comment lines", message)
  end)
end)

describe("A Jupyter notebook", function()
  local function written(outputs)
    local list = cells.parse(TEXT, "a.lua")
    list[1].outputs, list[1].count = outputs, 1
    return ipynb.write(list)
  end

  it("has cells and outputs as its format says", function()
    local given = {
      {kind = "stream", text = "a\nb"},
      {kind = "display", data = {["text/plain"] = "x", ["image/svg+xml"] = "<svg/>", ["text/html"] = "h"}},
      {kind = "result", data = {["text/plain"] = "3"}}, {kind = "error", message = "a.lua:1: no", trace = {"a.lua:1"}},
      {kind = "error", message = "a.lua:1: no", trace = {"a.lua:1 in a function", "a.lua:2"}},
    }
    local text = written(given)
    local notebook = assert(files.from_json(text))
    assert.same({4, 5}, {notebook.nbformat, notebook.nbformat_minor})
    assert.equal("ecgraft", notebook.metadata.kernelspec.name)
    local outputs = notebook.cells[1].outputs
    assert.same({output_type = "stream", name = "stdout", text = {"a\n", "b"}}, outputs[1])
    assert.same({["text/plain"] = {"x"}, ["image/svg+xml"] = {"<svg/>"}, ["text/html"] = {
      '<img alt="x" src="data:image/svg+xml;base64,PHN2Zy8+">\n', "<details><summary>As a table</summary>\n", "h</details>\n"}},
      outputs[2].data)
    assert.same({"execute_result", 1, {["text/plain"] = {"3"}}}, {outputs[3].output_type, outputs[3].execution_count, outputs[3].data})
    assert.same({"error", "a.lua:1: no", {"a.lua:1: no"}}, -- the message says where
      {outputs[4].output_type, outputs[4].evalue, outputs[4].traceback})
    assert.same({"a.lua:1: no", "  at a.lua:1 in a function", "  at a.lua:2"}, outputs[5].traceback)
    assert.same({"# Title\n", "\n", "text\n", "  - indented"}, notebook.cells[2].source)
    -- What is empty is an object or a list as it should be, and what did not run has no number.
    assert.matches('"execution_count":null', text, 1, true)
    assert.matches('"metadata":{%s*}', text)
    assert.matches('"outputs":%[%]', text)
    local ids = {}
    for _, cell in ipairs(notebook.cells) do
      assert.matches("^[%w_-]+$", cell.id)
      assert.is_nil(ids[cell.id])
      ids[cell.id] = true
    end
    assert.equal(text, written(given))
  end)

  it("becomes the same cells again", function()
    local list = cells.parse(TEXT, "a.lua")
    local again = assert(ipynb.read(written{}, "a.ipynb"))
    assert.equal(cells.write(list), cells.write(again))
  end)

  it("is refused where it is none, or not in Lua", function()
    local function message(text) return select(2, ipynb.read(text, "a.ipynb")) end
    assert.matches("^a.ipynb: damaged JSON", message "{")
    for _, text in ipairs{"3", "[]", '{"cells": 3, "nbformat": 4}', '{"cells": [], "nbformat": 3}'} do
      assert.equal("a.ipynb: expected a Jupyter notebook of format 4", message(text))
    end
    assert.equal("a.ipynb: expected a notebook in Lua, got one in python",
      message '{"cells": [], "nbformat": 4, "metadata": {"language_info": {"name": "python"}}}')
    for _, cell in ipairs{"3", "{}", '{"cell_type": "code", "source": {"a": 1}}', '{"cell_type": "code", "source": [{}]}'} do
      local text = '{"cells": [' .. cell .. '], "nbformat": 4, "metadata": {}}'
      local list, why = ipynb.read(text, "a.ipynb")
      assert(list and #list == 0 or why:find("^a.ipynb: cell 1 has no text"), why)
    end
  end)
end)
