--- The pages are true: their Lua runs, their shell commands and names exist, their links lead somewhere.
--
--   ```lua          run; the blocks of a page are one program, in an empty folder. print(...) --> TEXT must show TEXT
--   ```lua with-sets  run, apart from the other blocks, in a folder where what it would read is made of synthetic ECGs: "/data/NAME" is
--                   looked for in that folder (spec/support/programs/page_sets.lua)
--   ```lua no-run   compiled only; a comment above it, <!-- no-run: REASON -->, says why. There are few: UNRUN
--   ```sh run       run between the Lua blocks, with `ecgraft` on the path
--   ```sh           looked at: subcommands, options and verbs must exist
--   ```c            a program that must compile without a warning
local files = require "spec.support.files"
local lfs = require "lfs"
local markdown = require "spec.support.markdown"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"

local pages = files.find("docs", "%.md$")
table.insert(pages, 1, "README.md")
local all_pages = {"ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", table.unpack(pages)}

local kinds = {}
for _, kind in ipairs{"lua", "lua no-run", "lua with-sets", "sh", "sh run", "text", "c", "python", "json", ""} do kinds[kind] = true end

local UNRUN = 3 -- blocks of Lua that cannot be run here

local function exists(path) return lfs.attributes(path, "mode") ~= nil end

-- One chunk with the page's line numbers: Lua as it is, shell blocks as calls, everything else as empty lines.
local function program(page)
  local lines, runs = {}, false
  local _, count = page:gsub("\n", "")
  for i = 1, count + 1 do lines[i] = "" end
  for _, block in ipairs(markdown.blocks(page)) do
    if block.info == "lua" then
      runs = true
      for i, line in ipairs(block.lines) do
        local indent, arguments, wanted = line:match("^(%s*)print(%b())%s*%-%->%s*(.-)%s*$")
        lines[block.line + i - 1] = wanted and ("%s__expect(%q, %s)"):format(indent, wanted, arguments:sub(2, -2)) or line
      end
    elseif block.info == "lua with-sets" then
      runs = true
      lines[block.line - 1] = "__with_sets(function()"
      for i, line in ipairs(block.lines) do lines[block.line + i - 1] = line:gsub('(["\'])/data/', "%1data/") end
      lines[block.line + #block.lines] = "end)"
    elseif block.info == "sh run" then
      runs = true
      lines[block.line] = ("__shell %q"):format(table.concat(block.lines, "\n"))
      for i = 2, #block.lines do lines[block.line + i - 1] = false end -- the quoted text has these line ends
    end
  end
  local kept = {}
  for _, line in ipairs(lines) do if line then kept[#kept + 1] = line end end
  return runs and table.concat(kept, "\n") or nil
end

describe("The Lua code of", function()
  for _, path in ipairs(pages) do
    local page = files.read(path)
    local chunk = program(page)
    if chunk then
      it(path .. " runs", function()
        temporary.folder(function(folder)
          temporary.write(folder .. "/page.lua", chunk)
          local work = folder .. "/work"
          assert(lfs.mkdir(work))
          local status, out, err = process.lua{process.root .. "/spec/support/programs/page.lua", folder .. "/page.lua", path, cwd = work,
            env = {OMP_NUM_THREADS = "1"}} -- the same numbers; threads that wait for each other on busy processors cost several times more
          assert(status == 0, ("%s\n%s"):format(out:sub(-2000), err:sub(-4000)))
        end)
      end)
    end
    for _, block in ipairs(markdown.blocks(page)) do
      if block.info == "lua no-run" then
        it(("%s, line %d, compiles"):format(path, block.line), function()
          assert(load(("\n"):rep(block.line - 1) .. table.concat(block.lines, "\n"), "@" .. path, "t"))
        end)
      end
    end
  end

  it("every page runs but for a few blocks that say why not", function()
    local count = 0
    for _, path in ipairs(pages) do
      local above
      for line in files.read(path):gmatch "([^\n]*)\n" do
        assert(not line:find "^%s+```", ("%s: a code block must begin at the start of its line: %s"):format(path, line))
        if line == "```lua no-run" then
          count = count + 1
          assert(above:find "^<!%-%- no%-run: .+ %-%->$", path .. ": no reason stands above the block that is not run: " .. above)
        end
        above = line
      end
    end
    assert.equal(UNRUN, count)
  end)

  it("every page is of a kind that this file knows, block by block", function()
    for _, path in ipairs(pages) do
      for _, block in ipairs(markdown.blocks(files.read(path))) do
        local kind = block.info
        assert(kinds[kind], ("%s, line %d: a code block of the kind %q"):format(path, block.line - 1, kind))
      end
    end
  end)
end)

describe("The names in", function()
  local docs = require "ecgraft.docs"
  local known, methods, parts = {}, {}, {}
  for _, entry in ipairs(docs.all()) do
    known[entry.name] = true
    methods[entry.name:match ":([%w_]+)$" or ""] = true
    parts[entry.name:gsub("^eg%.", "")] = true
  end

  local function spans(text)
    local list = {}
    for span in markdown.without_blocks(text):gmatch "`([^`\n]+)`" do list[#list + 1] = span end
    return list
  end

  for _, path in ipairs(pages) do
    it(path .. " exist: eg.NAME", function()
      for _, span in ipairs(spans(files.read(path))) do
        for name in span:gmatch "%f[%w_%.]eg%.[%w_%.]*[%w_]" do
          assert(known[name], ("%s: %s: there is no %s"):format(path, span, name))
        end
      end
    end)
  end

  for _, path in ipairs{"docs/from-pytorch.md", "docs/from-torch7.md"} do
    it(path .. " exist: what stands in the last column", function()
      local count = 0
      for line in markdown.without_blocks(files.read(path)):gmatch "[^\n]+" do
        local column = line:match "^|.*|([^|]*)|%s*$"
        for span in (column or ""):gmatch "`([^`]+)`" do
          for method in span:gmatch "[%w_]:([%w_]+)" do
            count = count + 1
            local own = method == "init" or method == "forward"
            assert(methods[method] or own, ("%s: %s: there is no method %s"):format(path, span, method))
          end
          for _, pattern in ipairs{"%f[%w_%.]nn%.[%w_]+", "%f[%w_%.]optim%.[%w_%.]*[%w_]"} do
            for name in span:gmatch(pattern) do assert(parts[name], ("%s: %s: there is no %s"):format(path, span, name)) end
          end
        end
      end
      assert(count > 30)
    end)
  end
end)

describe("The JSON of", function()
  for _, path in ipairs(pages) do
    for _, block in ipairs(markdown.blocks(files.read(path))) do
      if block.info == "json" then
        it(("%s, line %d, is JSON"):format(path, block.line), function()
          local value, _, message = require("dkjson").decode(table.concat(block.lines, "\n"))
          assert(value, message)
        end)
      end
    end
  end
end)

describe("The C code of", function()
  local has_compiler = os.execute "command -v cc >/dev/null 2>&1"
  for _, path in ipairs(pages) do
    for _, block in ipairs(markdown.blocks(files.read(path))) do
      if block.info == "c" then
        it(("%s, line %d, compiles"):format(path, block.line), function()
          if not has_compiler then return pending "no C compiler (cc)" end
          temporary.folder(function(folder)
            temporary.write(folder .. "/page.c", table.concat(block.lines, "\n") .. "\n")
            local status, _, err = process.run{"cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-Icsrc/include",
              folder .. "/page.c"}
            assert(status == 0, err)
          end)
        end)
      end
    end
  end
end)

describe("A shell command of the pages", function()
  -- Every command as {page, line, words}; lines that end in a backslash go on.
  local commands = {}
  for _, path in ipairs(pages) do
    for _, block in ipairs(markdown.blocks(files.read(path))) do
      if block.info:find "^sh" then
        local text = table.concat(block.lines, "\n"):gsub("\\\n%s*", " ")
        for whole in text:gmatch("[^\n]+") do
          local line = whole:gsub("%s+#.*$", ""):gsub("^#.*$", "")
          local words = {}
          for word in line:gmatch("%S+") do words[#words + 1] = word end
          while words[1] and words[1]:find "^[%w_]+=" do table.remove(words, 1) end
          commands[#commands + 1] = {where = ("%s, line %d"):format(path, block.line), words = words}
        end
      end
    end
  end

  local function check_options(command, help)
    for i = 2, #command.words do
      local word = command.words[i]
      if word == "--" or word == "|" or word == ">" then break end
      local option = word:match "^(%-%-?%a[%w%-]*)"
      if option then assert(help:find(option, 1, true), ("%s: %s has no option %s"):format(command.where, command.words[1], option)) end
    end
  end

  it("ecgraft is known, with its options", function()
    local help, seen = {}, 0
    for _, command in ipairs(commands) do
      if command.words[1] == "ecgraft" then
        local name = command.words[2]
        if not name:find "^%-" then
          if not help[name] then
            local status, out = process.lua{process.root .. "/bin/ecgraft", name, "--help"}
            assert(status == 0, ("%s: ecgraft has no command %s"):format(command.where, name))
            help[name] = out
          end
          check_options(command, help[name])
          seen = seen + 1
        end
      end
    end
    assert(seen > 0)
  end)

  it("make and ./run have the verb", function()
    local makefile = files.read "Makefile"
    for _, command in ipairs(commands) do
      local first, verb = command.words[1], command.words[2]
      if (first == "make" or first == "./run") and verb then
        assert(makefile:find("\n" .. verb:gsub("%-", "%%-") .. ":"), ("%s: there is no verb %s"):format(command.where, verb))
      end
    end
  end)

  it("names files of the project that are there", function()
    for _, command in ipairs(commands) do
      for _, word in ipairs(command.words) do
        if word:find "^examples/" or word:find "^scripts/" or word:find "^rockspec/" then
          assert(exists(word), ("%s: %s is not there"):format(command.where, word))
        end
      end
    end
  end)
end)

describe("The links of", function()
  for _, path in ipairs(all_pages) do
    it(path .. " lead somewhere", function()
      local text = files.read(path)
      for _, target in ipairs(markdown.links(text)) do
        if not target:find "^%a[%w+.-]*:" then
          local file, anchor = target:match "^([^#]*)#?(.*)$"
          local there = file == "" and path or (path:match "^(.*/)" or "") .. file
          assert(exists(there), ("%s: %s is not there"):format(path, target))
          if anchor ~= "" then
            assert(markdown.anchors(files.read(there))[anchor], ("%s: %s has no heading of that name"):format(path, target))
          end
        end
      end
    end)
  end
end)

describe("The guide", function()
  it("leads to every page", function()
    local guide = files.read "docs/guide.md"
    for _, path in ipairs(pages) do
      local name = path:match "^docs/(.*)$"
      if name and name ~= "guide.md" then assert(guide:find("(" .. name .. ")", 1, true), "docs/guide.md does not lead to " .. name) end
    end
  end)
end)

describe("The pictures of", function()
  it("docs/figures.md are those that its code writes", function()
    local page, count = files.read "docs/figures.md", 0
    for name in page:gmatch "%]%(pictures/figures/([%w%-]+%.svg)%)" do
      assert(page:find(('"%s"'):format(name), 1, true), name .. " is written by no block")
      count = count + 1
    end
    assert.equal(#files.find("docs/pictures/figures", "%.svg$"), count)
  end)

  it("README.md show the record that its first script draws", function()
    local page = files.read "README.md"
    local head = assert(page:match "```lua\n(local eg = .-)\n\neg.manual_seed")
    assert(page:find('parts.test:record(1):plot "ecg.svg"', 1, true))
    local record = assert(load(head .. "\nreturn parts.test:record(1)"))()
    local picture = files.read "docs/pictures/ecg.svg"
    assert(picture:find(("<title>Synthetic ECG %s</title>"):format(record.name), 1, true))
    assert.equal("147mm", picture:match '^<svg.- width="([^"]+)"')
  end)
end)
