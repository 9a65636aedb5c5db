--- The process behind notebooks, over its pipes: through notebook/client.lua, and as bytes.
local client = require "ecgraft.notebook.client"
local files = require "ecgraft.files"
local process = require "spec.support.process"
local temporary = require "spec.support.temporary"
local uv = require "luv"
local writer = require "spec.support.wfdb_writer"

--- Calls fn(run, process): run(code) --> outputs, status, reads. A cell that prints "begun" is interrupted then.
local function with_process(folder, fn)
  local kernel <close> = assert(client.start(folder))
  fn(function(code, name, line)
    local outputs = {}
    local reply = kernel:execute(code, name or "cell", line or 1, function(output)
      outputs[#outputs + 1] = output
      if output.text == "begun\n" then kernel:interrupt() end
    end)
    return outputs, reply.status, reply.reads
  end, kernel)
end

--- Sends requests to `ecgraft kernel`, as lines of text, all at once; returns the frames, and what was printed between.
local function speak(lines)
  local output, requests, parts, code = uv.new_pipe(false), uv.new_pipe(false), {}, nil
  local child = assert(uv.spawn(uv.exepath(), {args = {process.root .. "/bin/ecgraft", "kernel", "TOKEN"},
    stdio = {nil, output, 2, requests}, env = process.environment()}, function(status) code = status end))
  output:read_start(function(_, chunk) if chunk then parts[#parts + 1] = chunk else output:close() end end)
  requests:write(table.concat(lines, "\n") .. "\n")
  requests:shutdown(function() requests:close() end)
  while not code do uv.run "once" end
  child:close()
  uv.run()
  local frames, printed = {}, table.concat(parts):gsub("%zTOKEN([^\n]*)\n", function(text) return "<" .. text .. ">" end)
  for text in printed:gmatch "<(%b{})>" do frames[#frames + 1] = assert(files.from_json(text)) end
  return frames, printed:gsub("<%b{}>", "|"), code
end

describe("The process that runs cells", function()
  it("keeps prints and what is shown in order, also of programs that a cell starts", function()
    with_process(nil, function(run)
      local outputs, status = run "print 'a' require('ecgraft').display(1) io.write 'b' os.execute 'echo c' io.stdout:write 'd\\n'\n2"
      assert.equal("ok", status)
      local seen, text = {}, ""
      for _, output in ipairs(outputs) do
        if output.kind == "stream" then text = text .. output.text
        else
          seen[#seen + 1] = text
          seen[#seen + 1] = output.kind .. " " .. output.data["text/plain"]
          text = ""
        end
      end
      -- "b" waits in Lua's own buffer for its line's end, or for the end of the cell, while echo writes at once.
      assert.same({"a\n", "display 1", "result 2"}, {seen[1], seen[2], seen[4]})
      assert(seen[3] == "bc\nd\n" or seen[3] == "c\nbd\n", seen[3])
      assert.equal(0, #run "nil")
      assert.equal('1, "x", nil', run("1, 'x', nil")[1].data["text/plain"])
      outputs = run "io.write(('\\0'):rep(3), 'TOKEN', '\\0')" -- zeros are text like any other
      for i, output in ipairs(outputs) do outputs[i] = output.text end
      assert.equal("\0\0\0TOKEN\0", table.concat(outputs))
    end)
  end)

  it("goes on after a cell that failed, with its variables", function()
    with_process(nil, function(run)
      run "local x = 1"
      local outputs, status = run("x = 2\nerror 'no'", "look.lua", 10)
      assert.equal("error", status)
      assert.same({kind = "error", message = "look.lua:11: no", line = 11, trace = {"look.lua:11"}, interrupted = false}, outputs[1])
      assert.equal("2", run("x")[1].data["text/plain"])
    end)
  end)

  it("answers questions, and says what a name that is nil may be meant to be", function()
    with_process(nil, function(run)
      local outputs, status = run "?eg.fit"
      assert.same({"ok", "display"}, {status, outputs[1].kind})
      assert.matches("^eg.fit%(net, train", outputs[1].data["text/plain"])
      assert.matches("^eg.fit%(net, train", run("eg.fit?")[1].data["text/plain"])
      assert.matches("eg.data.ptbxl ", run("??PTB")[1].data["text/plain"], 1, true)
      run "network = 1"
      assert.equal("nil  did you mean 'network'?", run("netwrok")[1].data["text/plain"])
      assert.same({}, (run "netwrok;"))
      assert.same({}, (run "unheard_of"))
    end)
  end)

  it("ends a cell at an interruption, and nothing else", function()
    with_process(nil, function(run, kernel)
      run "local x = 0"
      for _ = 1, 3 do
        local outputs, status = run "print 'begun' while true do x = x + 1 end"
        assert.same({"interrupted", "error", true}, {status, outputs[2].kind, outputs[2].interrupted})
        kernel:interrupt() -- while nothing runs
        local sum, well = run "x > 0"
        assert.same({"ok", "true"}, {well, sum[1].data["text/plain"]})
      end
      -- A cell that catches it goes on.
      local outputs, status = run "local ok, why = pcall(function() print 'begun' while true do end end)\nok, why:match 'interrupted'"
      assert.same({"ok", 'false, "interrupted"'}, {status, outputs[2].data["text/plain"]})
    end)
  end)

  it("tells how it ended where a cell ended it", function()
    for code, message in pairs{["os.exit(3)"] = "with status 3", ["os.execute 'kill -9 $PPID'"] = "killed by signal 9",
      ["require('luv').fs_close(1)"] = "closed its standard output"} do
      with_process(nil, function(run)
        local outputs, status = run(code)
        assert.equal("error", status)
        assert.matches(message, outputs[#outputs].message, 1, true)
        outputs, status = run "1"
        assert.same({"error", 1}, {status, #outputs})
      end)
    end
  end)

  it("ends at SIGTERM, at once where no cell runs", function()
    with_process(nil, function(run, kernel)
      run "x = 1"
      uv.kill(kernel.handle:get_pid(), "sigterm")
      local timer, late = uv.new_timer(), false
      timer:start(30000, 0, function() late = true end)
      while not kernel.code and not late do uv.run "once" end
      timer:close()
      assert.same({0, 0}, {kernel.code, kernel.signal})
    end)
  end)

  it("does not wait for programs that a cell left running", function()
    local began = uv.hrtime()
    temporary.folder(function(folder)
      with_process(folder, function(run)
        local outputs, status = run "os.execute 'sleep 60 & echo $! >left' os.exit(3)"
        assert.equal("error", status)
        assert.matches("with status 3", outputs[#outputs].message, 1, true)
      end)
      local left = assert(io.open(folder .. "/left"))
      uv.kill(left:read "n", "sigkill") -- it holds our output as well
      left:close()
    end)
    assert.is_true((uv.hrtime() - began) / 1e9 < 50)
  end)

  it("says which files a cell read", function()
    temporary.folder(function(folder)
      writer.write(folder, "r", {length = 500})
      temporary.write(folder .. "/a.txt", "a")
      temporary.write(folder .. "/helper.lua", "return 7")
      with_process(folder, function(run)
        local function read(code)
          local outputs, status, list = run(code)
          assert(status == "ok", outputs[1] and outputs[1].message)
          local names = {}
          for i, each in ipairs(list) do names[i] = each.path:match "[^/]*$" end
          table.sort(names)
          return names
        end
        assert.same({}, read "local eg = require 'ecgraft' local data = eg.data")
        assert.same({"a.txt"}, read "io.open('a.txt'):close() io.open('b.txt', 'w'):close() for _ in io.lines 'a.txt' do end")
        assert.same({"helper.lua"}, read "package.path = './?.lua;' .. package.path require 'helper'")
        assert.same({"r", "r.hea", "r.mat"}, read "assert(data.read_record 'r')")
        assert.same({"s.h5"}, read "assert(eg.save('s.h5', {a = eg.zeros(2)})) assert(eg.load 's.h5')")
        assert.same({"."}, read "for _ in require('lfs').dir '.' do end")
        assert.same({}, read "1")
        local _, _, list = run "io.open 'absent.txt'"
        assert.same({{path = "absent.txt", state = "absent"}}, list)
      end)
    end)
  end)

  it("works in the folder that it is told, and says what does not start", function()
    temporary.folder(function(folder)
      with_process(folder, function(run)
        run "io.open('here', 'w'):close()"
        assert.is_true(files.exists(folder .. "/here"))
      end)
      local kernel, message = client.start(folder .. "/none")
      assert.is_nil(kernel)
      assert.matches("cannot start the process", message)
    end)
  end)

  it("answers what a front end asks", function()
    local eg = '{"id": 1, "do": "execute", "code": "local eg = require \\"ecgraft\\" local word = \\"x\\""}'
    local frames = speak{eg, '{"id": 2, "do": "complete", "code": "eg.data.synth", "cursor": 13}',
      '{"id": 3, "do": "complete", "code": "x = 1\\nlocal y = wo + 2", "cursor": 18}',
      '{"id": 4, "do": "inspect", "code": "word", "cursor": 2}', '{"id": 5, "do": "inspect", "code": "none", "cursor": 4}',
      '{"id": 6, "do": "inspect", "code": "eg.zeros(", "cursor": 9}', '{"id": 7, "do": "is_complete", "code": "for i = 1, 2 do"}',
      '{"id": 8, "do": "is_complete", "code": "x"}', '{"id": 9, "do": "is_complete", "code": "= ="}',
      '{"id": 10, "do": "dance"}', "no JSON", '{"id": 12, "do": "execute"}', '{"id": 13, "do": "execute", "code": "word"}'}
    local done, shown = {}, nil
    for _, frame in ipairs(frames) do
      if frame.event == "done" then done[#done + 1] = frame elseif frame.event == "result" then shown = frame end
    end
    assert.equal("ready", frames[1].event)
    assert.same({{"synthetic"}, 8, 13}, {done[2].matches, done[2].first, done[2].last})
    assert.same({{"word"}, 16, 18}, {done[3].matches, done[3].first, done[3].last})
    assert.same({true, '"x"'}, {done[4].found, done[4].text})
    assert.is_false(done[5].found)
    assert.matches("zeros", done[6].text, 1, true)
    assert.is_true(done[6].found)
    assert.same({"incomplete", "complete", "invalid"}, {done[7].complete, done[8].complete, done[9].complete})
    assert.equal("unknown request", done[10].message)
    assert.matches("JSON", done[11].message, 1, true)
    assert.equal("error", done[12].status)
    assert.equal('"x"', shown.data["text/plain"])
  end)

  it("ends with its requests, and is not started by hand", function()
    local frames, printed, status = speak{'{"id": 1, "do": "execute", "code": "io.write \\"no end of line\\""}'}
    assert.same({0, "|no end of line|", "ok"}, {status, printed, frames[2].status})
    local code, _, err = process.lua{process.root .. "/bin/ecgraft", "kernel", "TOKEN", "77"}
    assert.equal(2, code)
    assert.matches("started by `ecgraft notebook` and by Jupyter", err, 1, true)
  end)
end)
