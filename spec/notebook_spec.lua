--- ecgraft notebook, from the file to the page.
local files = require "ecgraft.files"
local notebook = require "ecgraft.notebook"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"
local uv = require "luv"
local xml = require "spec.support.xml"

local LOOK = [[
-- %% [markdown]
-- # A look, *short*
-- with `code`

-- %% Records; inputs: a.csv
local eg = require "ecgraft"
local set = eg.data.synthetic{records = 3, seconds = 5}
local file = io.open("a.csv")
print(file:read "a", "<script>")
file:close()
set

-- %%
set:record(1)

-- %%
local word = "it is " .. #set
word
]]

--- Runs ecgraft notebook in a folder: status, standard output, standard error.
local function ecgraft(folder, ...)
  local command = {process.root .. "/bin/ecgraft", "notebook", ...}
  command.cwd = folder
  return process.lua(command)
end

local function page_of(path) return xml.parse(assert(files.read(path)), {void = {"meta", "br", "hr", "img"}}) end

--- A folder with look.lua and the file it reads.
local function with_look(fn)
  temporary.folder(function(folder)
    temporary.write(folder .. "/look.lua", LOOK)
    temporary.write(folder .. "/a.csv", "first")
    fn(folder, folder .. "/look.lua")
  end)
end

describe("ecgraft notebook", function()
  it("writes a page with text, code, and what the cells printed and showed", function()
    with_look(function(folder, path)
      local status, out, err = ecgraft("/", path)
      assert(status == 0, err)
      assert.equal(folder .. "/look.html\n", out)
      assert.matches("look.lua:6: cell 1 of 3, Records: ", err, 1, true)
      local page = page_of(folder .. "/look.html")
      local text = files.read(folder .. "/look.html")
      assert.matches("<title>A look, short</title>", text, 1, true)
      assert(#xml.find(page, function(each) return each.name == "svg" end) >= 1)
      assert.equal(3, #xml.find(page, function(each) return each.attributes.class == "code" end))
      for _, words in ipairs{"first\t<script>", "3 records of", "SYNTHETIC ECG", '"it is 3"'} do
        assert.matches(words, page.text, 1, true)
      end
      assert.not_matches("<script", text, 1, true)
    end)
  end)

  it("takes everything from the cache as long as nothing changed, and nothing else", function()
    with_look(function(folder, path)
      local counted = 0
      local function run(options)
        counted = 0
        local all = {out = folder .. "/look.html", say = function(text) if text:find "cell %d+ of" then counted = counted + 1 end end}
        for name, value in pairs(options or {}) do all[name] = value end
        local out, status = notebook.run(path, all)
        assert.equal(all.out, out)
        return status, counted
      end
      assert.same({"ok", 3}, {run()})
      local page = files.read(folder .. "/look.html")
      assert.same({"cached", 0}, {run()})
      assert.equal(page, files.read(folder .. "/look.html"))
      assert.same({"ok", 3}, {run{fresh = true}})
      assert.same({"ok", 3}, {run{cache = false}})
      assert.same({"cached", 0}, {run{out = folder .. "/look.ipynb"}})
      -- Text and titles may change; code, a file that it read and a file that it declares may not.
      temporary.write(path, (LOOK:gsub("A look", "Another look"):gsub("Records", "Some records")))
      assert.same({"cached", 0}, {run()})
      assert.matches("Another look", files.read(folder .. "/look.html"), 1, true)
      temporary.write(path, (LOOK:gsub("it is", "they are")))
      assert.same({"ok", 3}, {run()})
      assert.matches("they are 3", files.read(folder .. "/look.html"), 1, true)
      temporary.write(folder .. "/a.csv", "second")
      assert.same({"ok", 3}, {run()})
      assert.matches("second", files.read(folder .. "/look.html"), 1, true)
      temporary.write(path, (LOOK:gsub("inputs: a.csv", "inputs: a.csv, b.csv")))
      assert.same({"ok", 3}, {run()})
      assert.same({"cached", 0}, {run()})
      temporary.write(folder .. "/b.csv", "now it is there")
      assert.same({"ok", 3}, {run()})
      -- What is damaged counts for nothing.
      for _, text in ipairs{"", "{", "[]", '{"format": 1}', '{"format": 1, "version": 3, "cells": 3}'} do
        temporary.write(folder .. "/.ecgraft-notebooks/look.lua.json", text)
        assert.same({"ok", 3}, {run()})
      end
    end)
  end)

  it("does not run again for what it wrote itself, and does for what others write", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/n.lua", [[
-- %%
local count = io.open "count.txt"
local n = count and tonumber(count:read "a") or 0
if count then count:close() end
for name in require("lfs").dir "." do n = n + #name * 0 end
n
-- %%
local eg = require "ecgraft"
assert(eg.save("a.h5", {n = eg.full({1}, n + 1)}))
local file = io.open("count.txt", "w")
file:write(n + 1)
file:close()
eg.load "a.h5".n:item()
]])
      local function run() return (select(2, notebook.run(folder .. "/n.lua"))) end
      assert.equal("ok", run())
      assert.equal("cached", run())
      assert.equal("1", files.read(folder .. "/count.txt"))
      temporary.write(folder .. "/count.txt", "7.0")
      assert.equal("ok", run())
      assert.equal("cached", run())
      temporary.write(folder .. "/new file", "") -- in the folder that it lists
      assert.equal("ok", run())
    end)
  end)

  it("shows a failure in its place, runs nothing behind it, and ends with 1", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/bad.lua", "-- %%\nprint 'well'\n-- %%\nlocal t = nil\nt.x = 1\n-- %%\nio.open('ran', 'w')\n")
      for _ = 1, 2 do -- the second time too
        local status, out, err = ecgraft(folder, "bad.lua")
        assert.same({1, "bad.html\n"}, {status, out})
        assert.matches("ecgraft: bad.lua:5: attempt to index a nil value", err, 1, true)
        local page = page_of(folder .. "/bad.html")
        assert.matches("well.*bad.lua:5: attempt.*not run, since a cell before it failed", page.text)
        assert.is_false(files.exists(folder .. "/ran"))
      end
      assert.equal(1, (ecgraft(folder, "bad.lua", "--ipynb")))
      local cells = files.read_json(folder .. "/bad.ipynb").cells
      assert.same({"error", {}}, {cells[2].outputs[1].output_type, cells[3].outputs})
    end)
  end)

  it("goes to Jupyter and back", function()
    with_look(function(folder)
      local status, out = ecgraft(folder, "look.lua", "--ipynb", "-q")
      assert.same({0, "look.ipynb\n"}, {status, out})
      local cells = files.read_json(folder .. "/look.ipynb").cells
      assert.is_table(cells[3].outputs[1].data["image/svg+xml"])
      status, out = ecgraft(folder, "look.ipynb", "-o", "back.lua")
      assert.same({0, "back.lua\n"}, {status, out})
      assert.equal((LOOK:gsub("%s+$", "\n")), files.read(folder .. "/back.lua"))
      status = ecgraft(folder, "look.ipynb", "-o", "from.html", "--no-cache")
      assert.equal(0, status)
      assert.matches("it is 3", page_of(folder .. "/from.html").text, 1, true)
    end)
  end)

  it("writes nothing after Ctrl-C", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/long.lua", "-- %%\nio.open('begun', 'w'):close()\nwhile true do end\n")
      local status, errors, pipe = nil, {}, uv.new_pipe(false)
      local child = uv.spawn(uv.exepath(), {args = {process.root .. "/bin/ecgraft", "notebook", "long.lua"}, cwd = folder,
        stdio = {nil, nil, pipe}, env = process.environment()}, function(code) status = code end)
      pipe:read_start(function(_, chunk) if chunk then errors[#errors + 1] = chunk else pipe:close() end end)
      local timer = uv.new_timer()
      timer:start(50, 50, function()
        if files.exists(folder .. "/begun") then
          child:kill "sigint"
          timer:close()
        end
      end)
      uv.run()
      child:close()
      uv.run()
      assert.equal(130, status)
      assert.matches("ecgraft: interrupted; nothing was written", table.concat(errors), 1, true)
      assert.is_false(files.exists(folder .. "/long.html"))
    end)
  end)

  it("says what is wrong with what it was given", function()
    with_look(function(folder)
      local function message(...) return select(3, ecgraft(folder, ...)) end
      assert.matches("^ecgraft: cannot read none.lua", message "none.lua")
      assert.matches("out' must end in .html, .ipynb or .lua, got \"x.pdf\"", message("look.lua", "-o", "x.pdf"), 1, true)
      assert.matches("is the notebook itself", message("look.lua", "-o", "./look.lua"), 1, true)
      assert.equal(2, (ecgraft(folder, "look.lua", "--ipynb", "-o", "x.html")))
      assert.matches("%-%-ipynb writes a file that ends in .ipynb, got x.html", message("look.lua", "--ipynb", "-o", "x.html"))
      temporary.write(folder .. "/text.lua", "-- %% [markdown]\nx = 1\n")
      assert.matches("^ecgraft: text.lua:2: a Markdown cell has comment lines", message "text.lua")
      temporary.write(folder .. "/x.ipynb", "{}")
      assert.matches("x.ipynb: expected a Jupyter notebook", message "x.ipynb", 1, true)
      assert.equal(2, (ecgraft(folder)))
    end)
  end)

  it("shows what terminals would, without their codes, and not more than a page can bear", function()
    temporary.folder(function(folder)
      temporary.write(folder .. "/p.lua", "-- %%\nio.write '\\27[31mred\\27[0m\\n 10 %\\r 20 %\\n'\n-- %%\n"
        .. "for i = 1, 1e5 do print 'line' end\n")
      assert.equal(0, (ecgraft(folder, "p.lua")))
      local text = files.read(folder .. "/p.html")
      assert.matches(">red\n 20 %%<", text)
      assert.matches("the rest of what the cell printed is left out", text, 1, true)
      assert(#text < 300000)
    end)
  end)
end)
