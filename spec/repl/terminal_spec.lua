--- The prompt in a terminal: typing, Tab, Up, Ctrl-C, Ctrl-D, and the history of another session.
local core = require "ecgraft.core"
local programs = require "ecgraft.repl.programs"
local temporary = require "spec.support.temporary"
local terminal = require "spec.support.terminal"

local PROMPT = "> "
local UP = "\27[A"

describe("the prompt in a terminal", function()
  local has_terminal, why_none = terminal.is_there()

  local function open(folder, changes, command)
    local env = {XDG_STATE_HOME = folder, ECGRAFT_HISTORY = false, INPUTRC = "/dev/null", NO_COLOR = "1", DISPLAY = "",
      WAYLAND_DISPLAY = ""}
    for name, value in pairs(changes or {}) do env[name] = value end
    command = command or {"ecgraft", "repl"}
    command.env = env
    local t = terminal.open(command)
    t:expect "Ctrl-D leaves."
    t:expect(PROMPT)
    return t
  end

  it("runs lines, stops at Ctrl-C, and leaves at Ctrl-D", function()
    if not has_terminal then pending(why_none) return end
    temporary.folder(function(folder)
      local t = open(folder)
      t:type "local x = 20 + 1\r"
      t:expect(PROMPT)
      t:type "2 * x\r"
      t:expect "\n42\n"
      t:expect(PROMPT)
      t:type "if x then\r"
      t:expect ">> "
      t:type "print 'in the middle' end\r"
      t:expect "\nin the middle\n"
      t:expect(PROMPT)
      t:type "nothing.x\r"
      t:expect "error: attempt to index a nil value"
      t:expect(PROMPT)
      t:type "print 'begun'; while true do end\r"
      t:expect "\nbegun\n"
      t:type "\3"
      t:expect "interrupted"
      t:expect(PROMPT)
      t:type "half a line\3"
      t:expect "^C"
      t:expect(PROMPT)
      t:type "x + 4\r"
      t:expect "\n25\n"
      t:expect(PROMPT)
      t:type "\4"
      assert.equal(0, t:close())
    end)
  end)

  it("stops training at Ctrl-C and goes on", function()
    if not has_terminal then pending(why_none) return end
    temporary.folder(function(folder)
      local t = open(folder)
      t:type "set = data.synthetic{records = 40, seconds = 5}; net = nn.Sequential{nn.GlobalAvgPool1d(), nn.Linear(12, #set.classes)};\r"
      t:expect(PROMPT)
      t:type "eg.fit(net, set, {epochs = 100000, on_epoch = function(row) if row.epoch == 2 then print 'two' end end})\r"
      t:expect "two\n"
      t:type "\3"
      t:expect "interrupted; without the option checkpoint nothing was saved"
      t:expect(PROMPT)
      t:type "#set\r"
      t:expect "\n40\n"
      t:expect(PROMPT)
      t:type "\4"
      assert.equal(0, t:close())
    end)
  end)

  it("completes, and knows the lines of the session before", function()
    if not has_terminal then pending(why_none) return end
    if not core.line_editor.open() then pending "needs the library readline" return end
    temporary.folder(function(folder)
      local t = open(folder)
      t:type "eg.manual_s\t(3)\r"
      t:expect "eg.manual_seed(3)"
      t:expect(PROMPT)
      t:type "eg.fi\t\t"
      t:expect "eg.fit"
      t:type "\21'kept', 7\r" -- Ctrl-U: the line is dropped
      t:expect '"kept"  7'
      t:expect(PROMPT)
      t:type "\4"
      assert.equal(0, t:close())
      t = open(folder)
      t:type(UP)
      t:expect "'kept', 7"
      t:type "\r"
      t:expect '"kept"  7'
      t:expect(PROMPT)
      t:type "\4"
      assert.equal(0, t:close())
      local file = assert(io.open(folder .. "/ecgraft/history"))
      assert.equal("eg.manual_seed(3)\n'kept', 7\n'kept', 7\n", file:read "a")
      file:close()
    end)
  end)

  it("stops at Ctrl-Z, and goes on with the line", function()
    if not has_terminal then pending(why_none) return end
    if not core.line_editor.open() then pending "needs the library readline" return end
    temporary.folder(function(folder)
      local t = open(folder, nil, {"sh", "-c", "set -m; ecgraft repl; echo stopped; stty -a; fg"})
      t:type "1 + 2"
      t:expect "1 + 2"
      t:type "\26"
      t:expect "stopped"
      assert.matches("[^-]icanon", t:expect "icanon") -- the shell has its terminal as it was
      t:expect "> 1 + 2"
      t:type "0\r"
      t:expect "\n21\n"
      t:expect(PROMPT)
      t:type "\4"
      assert.equal(0, t:close())
    end)
  end)

  it("shows long documentation a page at a time, until q or Ctrl-C", function()
    if not has_terminal then pending(why_none) return end
    if not programs.find "less" then pending "needs less" return end
    temporary.folder(function(folder)
      local t = open(folder, {PAGER = "less", LESS = ""})
      for i, key in ipairs{"q", "\3"} do
        t:type "?eg.fit\r"
        t:expect "what it was trained on" -- of the first page; the last one names the file
        t:expect "\n:"
        t:type(key)
        local shown = t:expect(PROMPT)
        assert.is_nil(shown:find("fit.lua", 1, true))
        t:type(("'after', %d\r"):format(i))
        t:expect(('\n"after"  %d\n'):format(i))
        t:expect(PROMPT)
      end
      t:type "?eg.num_threads\r" -- short: as it is
      t:expect(PROMPT)
      t:type "\4"
      assert.equal(0, t:close())
    end)
  end)

  it("shows long documentation all at once where there is no pager, or not the one that is named", function()
    if not has_terminal then pending(why_none) return end
    temporary.folder(function(folder)
      for _, pager in ipairs{"", "no-such-program"} do
        local t = open(folder, {PAGER = pager})
        t:type "?eg.fit\r"
        t:expect "fit.lua, line "
        t:expect(PROMPT)
        t:type "\4"
        assert.equal(0, t:close())
      end
    end)
  end)

  it("breaks long messages between words", function()
    if not has_terminal then pending(why_none) return end
    temporary.folder(function(folder)
      local t = open(folder)
      t:type "error(('word '):rep(20), 0)\r"
      t:expect "\nerror: word word word word word word word word word word word word word word\n  word word"
      t:expect(PROMPT)
      t:type "dta.synthetic{}\r"
      t:expect "error: attempt to index a nil value (global 'dta'); did you mean 'data'?"
      t:expect(PROMPT)
      t:type "\4"
      assert.equal(0, t:close())
    end)
  end)

  it("does without line editing", function()
    if not has_terminal then pending(why_none) return end
    temporary.folder(function(folder)
      local t = terminal.open{"ecgraft", "repl", "--no-history", env = {XDG_STATE_HOME = folder, ECGRAFT_HISTORY = false, TERM = "dumb"}}
      t:expect "Lines cannot be edited here: TERM is dumb."
      t:expect(PROMPT)
      t:type "1 + 1\r"
      t:expect "\n2\n"
      t:expect(PROMPT)
      t:type "half\3"
      t:expect(PROMPT)
      t:type "3 + 3\r"
      t:expect "\n6\n"
      t:expect(PROMPT)
      t:type "\4"
      assert.equal(0, t:close())
      assert.is_nil(io.open(folder .. "/ecgraft/history"))
    end)
  end)
end)
