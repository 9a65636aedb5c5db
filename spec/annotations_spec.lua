--- The annotations in lua/ecgraft/meta, which editors read, are what there is when ECGraft runs.
local colon = require "ecgraft.colon"
local declared = require "ecgraft.docs.declared"
local docs = require "ecgraft.docs"
local files = require "spec.support.files"
local luacats = require "spec.support.luacats"
local places = require "ecgraft.docs.places"
local process = require "spec.support.process"

local FOLDER = "lua/ecgraft/meta"
local BUILT_IN = {any = true, boolean = true, integer = true, number = true, string = true, table = true, ["function"] = true,
  ["nil"] = true, ["true"] = true, ["false"] = true, userdata = true}
local CALLABLE = {["function"] = true, method = true, op = true, layer = true}

describe("The annotations", function()
  it("are as scripts/annotations.lua would write them", function()
    local status, _, err = process.lua{"scripts/annotations.lua", "--check"}
    assert(status == 0, err)
  end)

  it("are files that are known", function()
    local known = {}
    for _, name in ipairs(declared.files) do known[FOLDER .. "/" .. name .. ".lua"] = true end
    for _, path in ipairs(files.find(FOLDER, "%.lua$")) do assert.is_true(known[path], path) end
    assert.is_true(#files.find(FOLDER, "%.lua$") == #declared.files)
  end)

  it("are Lua, begin with @meta, and have nothing but declarations", function()
    for _, path in ipairs(files.find(FOLDER, "%.lua$")) do
      local text = files.read(path)
      assert(load(text, "@" .. path, "t"))
      assert.truthy(text:find "^%-%-%-@meta[^\n]*\n", path)
      for line in text:gmatch "[^\n]+" do
        assert(line:find "^%-%-" or line:find "^local %w+ = {}$" or line:find "^function [%w_]+[%.:][%w_]+%([%w_, %.]*%) end$"
          or line:find "^return %w+$", path .. ": " .. line)
      end
    end
  end)

  it("are well formed, and every type in them is defined", function()
    local defined, used, count = {}, {}, 0
    for _, path in ipairs(files.find(FOLDER, "%.lua$")) do
      local generics = {}
      for line in files.read(path):gmatch "[^\n]*" do
        local annotation = line:match "^%-%-%-(@.*)$"
        if annotation then
          local ok, tag, names = pcall(luacats.line, annotation)
          assert(ok, ("%s: %s"):format(path, tostring(tag)))
          count = count + 1
          if tag == "class" or tag == "alias" then defined[annotation:match "^@%a+ ([%w_%.]+)"] = true end
          if tag == "generic" then generics[annotation:match "%u%w*$"] = true end
          for _, name in ipairs(names) do if not generics[name] then used[name] = path .. ": " .. line end end
        elseif line:find "^function" then generics = {} end
      end
    end
    assert.is_true(count > 1000)
    for name, where in pairs(used) do assert(BUILT_IN[name] or defined[name], ("%s: no type %s"):format(where, name)) end
  end)

  it("declare every function, method and layer, and no other", function()
    local all, there, missing = declared.all(), {}, {}
    for _, entry in ipairs(docs.all()) do
      if CALLABLE[entry.kind] then
        there[entry.name] = true
        if not all[entry.name] then missing[#missing + 1] = entry.name end
      end
    end
    local extra = {}
    for name in pairs(all) do if not there[name] then extra[#extra + 1] = name end end
    assert.same({}, missing)
    assert.same({}, extra)
  end)

  it("declare every other name of a module as a field", function()
    local classes = declared.classes()
    for _, entry in ipairs(docs.all()) do
      local prefix, name = entry.name:match "^(.*)%.([^%.]+)$"
      if prefix and not CALLABLE[entry.kind] then
        for _, each in ipairs(places.modules) do
          if each[1] == prefix then
            local class = declared.class_of(each)
            assert(classes[class] and classes[class].fields[name], ("%s has no field %s"):format(class, name))
          end
        end
      end
    end
    for _, each in ipairs(places.classes) do assert(classes[each[2]], each[2]) end
    for _, each in ipairs(places.modules) do assert(classes[declared.class_of(each)], each[1]) end
  end)

  it("give the parameters their names, in their order", function()
    local all = declared.all()
    for _, entry in ipairs(docs.all()) do
      local item = all[entry.name]
      if item then
        local named = {}
        for _, each in ipairs(item.params) do named[#named + 1] = each.name end
        assert.same(item.parameters, named, entry.name)
        local fn = entry.kind == "layer" and (rawget(entry.value, "init") or entry.value.init) or entry.inner or entry.value
        fn = colon.behind(fn)
        if type(fn) == "function" and debug.getinfo(fn, "S").what ~= "C" then
          local info, names = debug.getinfo(fn, "u"), {}
          for i = 1, info.nparams do names[i] = debug.getlocal(fn, i) end
          if entry.kind == "method" or entry.kind == "layer" then table.remove(names, 1) end
          if info.isvararg then names[#names + 1] = "..." end
          for i, name in ipairs(names) do if name == "given" or name == "fields" then names[i] = "options" end end
          local shown = {}
          for i, name in ipairs(item.parameters) do shown[i] = name == "fields" and "options" or name end
          assert.same(names, shown, entry.name)
        end
      end
    end
  end)

  it("give the options of a function the class with its fields", function()
    local classes, all = declared.classes(), declared.all()
    for _, entry in ipairs(docs.all()) do
      local item = all[entry.name]
      if item and entry.kind ~= "op" and #entry.options > 0 then
        local last = item.params[#item.params]
        local class = last and classes[last.type]
        assert(class and last.type:find "%.Options$", entry.name .. ": the last parameter has no class of options")
        local required = false
        for _, option in ipairs(entry.options) do
          assert(class.fields[option.name], ("%s: %s has no field %s"):format(entry.name, last.type, option.name))
          required = required or option.required
        end
        assert.equal(required, not last.optional, entry.name .. ": whether options may be left out")
      end
    end
  end)
end)

describe("The strict reader of annotations", function()
  it("takes what is well formed", function()
    assert.same({"integer", "ecgraft.Tensor", "number"}, luacats.types "table<integer, ecgraft.Tensor|number>[]?" and
      {table.unpack(luacats.types "table<integer, ecgraft.Tensor|number>[]?", 2)})
    assert.same({"A", "B", "C"}, luacats.types 'fun(x: A, ...: B): C a text')
    assert.same({"A", "B"}, luacats.types '{x: A, y?: B}|"word"')
  end)

  it("refuses what is not", function()
    for _, line in ipairs{"@params x integer", "@param x", "@param integer", "@return |string", "@return table<string", "@field x? {a: }",
        "@return fun(x: integer", "@class A : B C", "@operator plus(A): B", "@return a..", "@overload integer", "@param x integer|"} do
      assert.is_false(pcall(luacats.line, line), line)
    end
  end)
end)
