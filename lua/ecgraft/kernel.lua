--- The process behind a notebook: it runs cells that it is sent and says what became of them. `ecgraft notebook` starts it, and the Jupyter
-- kernel in jupyter/.
--
-- Requests come on a file descriptor (3), one JSON object a line: {"id": 1, "do": "execute", "code": ..., "name": ..., "line": ...}.
-- Standard output is what cells print, as it comes, with frames between it: a NUL, the token that the starter gave, a JSON object, a line
-- end. So what is printed and what is shown stay in order, also where a program that a cell started prints. A frame has the request's id:
--   event "result" or "display"   data = MIME types (see display/rich.lua)
--   event "error"                 message, line, trace, interrupted
--   event "done"                  the request is through: status "ok", "error" or "interrupted", and what was asked for
-- Where that is asked for by "mark": true, each frame has a number "mark", and before it standard error a line with a NUL, the token and
-- this number: where that is a terminal, what was printed there may come later than what went through the pipe.
-- Requests, and what "done" has beside its status:
--   execute {code, name, line}    reads: files that the cell read, {path, state}; writes: paths that it wrote (see session/reads.lua)
--   complete {code, cursor}       matches, first, last (cursor and places in bytes, counted from 0)
--   inspect {code, cursor}        found, text
--   is_complete {code}            complete: "complete", "incomplete" or "invalid"
-- SIGINT ends a cell that runs, with an error that says so, and nothing else. The end of the requests ends the process, and so does
-- SIGTERM, at once where no cell runs.
require "ecgraft.short_spin" -- before the core
local cell = require "ecgraft.session.cell"
local complete = require "ecgraft.repl.complete"
local core = require "ecgraft.core"
local display = require "ecgraft.display"
local files = require "ecgraft.files"
local help = require "ecgraft.repl.help"
local named = require "ecgraft.named"
local reads = require "ecgraft.session.reads"
local rich = require "ecgraft.display.rich"
local session = require "ecgraft.session"
local uv = require "luv"

local kernel = {}

-- No signal raises any more.
local function unhook() debug.sethook() end ---@diagnostic disable-line: missing-parameter

-- Forgets the signals that came; whether the last was to end the process.
local function is_to_end()
  local signal = core.renew_interrupt()
  unhook()
  return signal == uv.constants.SIGTERM
end

-- One line, or nil at the end.
local function next_line(buffer)
  while true do
    local line, rest = buffer.text:match "^([^\n]*)\n(.*)$"
    if line then
      buffer.text = rest
      return line
    end
    local chunk, _, code = uv.fs_read(buffer.descriptor, 65536, -1)
    if chunk and chunk ~= "" then buffer.text = buffer.text .. chunk
    elseif code ~= "EINTR" or is_to_end() then return nil end
  end
end

local function plain_only(data)
  for name in pairs(data) do if name ~= "text/plain" then return false end end
  return true
end

-- Rich values each on their own, words together.
local function show_values(values, send)
  local texts, all_nil, several_lines = {}, true, false
  -- What io.write returns is not what anyone wants to see.
  for i = 1, values.n do all_nil = all_nil and (values[i] == nil or values[i] == io.stdout) end
  if all_nil then return end
  for i = 1, values.n do
    local data = rich(values[i], {utf8 = true})
    if plain_only(data) then
      texts[#texts + 1] = data["text/plain"]
      several_lines = several_lines or data["text/plain"]:find("\n", 1, true) ~= nil
    elseif values.n == 1 then send{event = "result", data = data}
    else send{event = "display", data = data} end
  end
  if #texts > 0 then send{event = "result", data = {["text/plain"] = table.concat(texts, several_lines and "\n" or ", ")}} end
end

-- The places that led to an error, as texts.
local function places_text(places)
  local list = {}
  for i, each in ipairs(places) do
    if each.left then list[i] = ("... %d more"):format(each.left)
    else
      local what = each.is_main and "" or (" in %s"):format(each.name and ("function '%s'"):format(each.name) or "a function")
      list[i] = ("%s:%d%s"):format(each.place, each.line, what)
    end
  end
  return list
end

local requests = {}

local HELP = {width = 80, colour = false}

function requests.execute(state, request, send)
  local answer = help.answer(request.code, state.session.env, HELP)
  if answer then
    send{event = "display", data = {["text/plain"] = answer}}
    return {reads = {}, writes = {}}
  end
  core.renew_interrupt() -- from here on a signal raises in the code that runs, until unhook()
  ---@type boolean, any
  local shown, result = pcall(function()
    local ran = state.session:run(request.code, {name = request.name, line = request.line})
    if ran.hint and not ran.silent then send{event = "result", data = {["text/plain"] = "nil  " .. ran.hint}}
    elseif ran.ok and not ran.silent then show_values(ran.values, send) end
    return ran
  end)
  unhook()
  if not shown then -- while values were shown
    local message = tostring(result)
    result = {ok = false, message = message, trace = {}, interrupted = core.interrupted()}
  end
  io.stdout:flush()
  if not result.ok then
    send{event = "error", message = result.message, line = result.line, trace = places_text(result.trace), interrupted = result.interrupted}
  end
  local read, written = reads.take()
  return {status = result.ok and "ok" or result.interrupted and "interrupted" or "error", reads = read, writes = written}
end

function requests.complete(state, request)
  local before = request.code:sub(1, request.cursor)
  local first = before:match "()[%w_]*$"
  local matches = complete.find(before, first, #before, state.session.env, state.session:names())
  return {matches = matches, first = first - 1, last = request.cursor}
end

-- The names before and at the cursor: "eg.data.synthetic"; behind an opening bracket those of what is called.
local function topic_at(code, cursor)
  local before = code:sub(1, cursor):gsub("%s*[({]$", "")
  local topic = (before:match "[%a_][%w_.:]*$" or "") .. (#before == cursor and code:match("^[%w_]+", cursor + 1) or "")
  return topic ~= "" and topic or nil
end

function requests.inspect(state, request)
  local topic = topic_at(request.code, request.cursor)
  local value
  if topic then value = help.value_of(topic, state.session.env) end
  if value == nil then return {found = false} end
  if type(value) == "function" or named.title(value) then
    return {found = true, text = help.about(topic, state.session.env, HELP)}
  end
  return {found = true, text = display.text(value, {utf8 = true})}
end

function requests.is_complete(_, request)
  local fn, _, incomplete = cell.compile(request.code, "=cell")
  return {complete = (fn or help.question(request.code)) and "complete" or incomplete and "incomplete" or "invalid"}
end

--- Serves requests until they end. token: what frames begin with; descriptor: where requests come (default 3). Returns the exit status.
function kernel.main(token, descriptor)
  descriptor = descriptor or 3
  if type(token) ~= "string" or token == "" or not uv.fs_fstat(descriptor) then
    io.stderr:write("ecgraft kernel: this is started by `ecgraft notebook` and by Jupyter, with requests on a file descriptor; see "
      .. "docs/notebook.md\n")
    return 2
  end
  core.end_with_parent()
  rawset(_G, "arg", {}) -- cells are no script that could be started again, as a study's workers would
  -- The handler stays while nothing runs, so that a late Ctrl-C does no harm; the hook that raises is there for cells only.
  core.hold_interrupt()
  unhook()
  io.stdout:setvbuf("line")
  local state, buffer, current, marks, is_marked = {session = session.new()}, {text = "", descriptor = descriptor}, 0, 0, false
  local function send(message)
    message.id = current
    io.stdout:flush()
    -- Not by io.write, which loses the rest where a signal comes while the pipe is full.
    if is_marked then
      marks = marks + 1
      message.mark = marks
      uv.fs_write(2, "\0" .. token .. marks .. "\n", -1)
    end
    uv.fs_write(1, "\0" .. token .. files.to_json(message) .. "\n", -1)
  end
  display.to(function(data) send{event = "display", data = data} end)
  reads.watch()
  send{event = "ready", version = core.version}
  for line in next_line, buffer do
    local request, message = files.from_json(line)
    if type(request) ~= "table" or not requests[request["do"]] then
      current = type(request) == "table" and request.id or 0
      send{event = "done", status = "error", message = message or "unknown request"}
    else
      current, is_marked = request.id, request.mark == true
      local ok, reply = pcall(requests[request["do"]], state, request, send) ---@type boolean, any
      if not ok then reply = {status = "error", message = tostring(reply)} end
      reply.event, reply.status = "done", reply.status or "ok"
      send(reply)
      if is_to_end() then break end
    end
  end
  return 0
end

return kernel
