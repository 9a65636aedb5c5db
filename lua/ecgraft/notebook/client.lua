--- A process that runs cells (ecgraft.kernel), seen from here: what it prints and shows comes as outputs, in order.
--
-- It leads its own process group, so that Ctrl-C at a terminal reaches us alone; we pass it on once.
local files = require "ecgraft.files"
local uv = require "luv"

local client = {}

---@class ecgraft.notebook.client
---@field token string what frames begin with
---@field pending string output that is not taken yet
---@field id integer of the last request
---@field on_text fun(text: string)
---@field on_message fun(message: table)
---@field handle any the process
---@field output any what it writes
---@field requests any what it reads
---@field code? integer how it ended
---@field signal? integer
---@field ended? boolean nothing comes any more
---@field is_mute? boolean it closed its output and was killed
local Client = {}
Client.__index = Client

local started = 0

local function new_token()
  started = started + 1
  return ("%d-%d-%d:"):format(uv.os_getpid(), uv.hrtime(), started)
end

-- This process's module paths, absolute, since the other may work in another folder.
local function absolute(path, here)
  return (path:gsub("[^;]+", function(each) return each:sub(1, 1) == "/" and each or here .. "/" .. each end))
end

local function environment()
  local all, list, here = uv.os_environ(), {}, uv.cwd()
  for name in pairs(all) do if name:find "^LUA_C?PATH" then all[name] = nil end end
  all.LUA_PATH, all.LUA_CPATH = absolute(package.path, here), absolute(package.cpath, here)
  for name, value in pairs(all) do list[#list + 1] = name .. "=" .. value end
  return list
end

--- Takes frames and printed text out of what came; keeps what may be the beginning of a frame.
local function take(self)
  local mark = "\0" .. self.token
  while true do
    local first, last = self.pending:find(mark, 1, true)
    if not first then break end
    local stop = self.pending:find("\n", last + 1, true)
    if first > 1 then self.on_text(self.pending:sub(1, first - 1)) end
    if not stop then
      self.pending = self.pending:sub(first)
      return
    end
    local message = files.from_json(self.pending:sub(last + 1, stop - 1))
    self.pending = self.pending:sub(stop + 1)
    if message then self.on_message(message) end
  end
  local zero = self.pending:find("\0", math.max(1, #self.pending - #mark + 2), true)
  local text = zero and self.pending:sub(1, zero - 1) or self.pending
  self.pending = zero and self.pending:sub(zero) or ""
  if text ~= "" then self.on_text(text) end
end

--- Starts a process whose cells work in `folder` (default: here). nil, message where it does not start.
function client.start(folder)
  local self = setmetatable({token = new_token(), pending = "", id = 0, on_text = function() end, on_message = function() end}, Client)
  local output, requests = uv.new_pipe(false), uv.new_pipe(false)
  local handle, message = uv.spawn(uv.exepath(), {
    args = {"-e", ("os.exit(require('ecgraft.kernel').main(%q), true)"):format(self.token)},
    stdio = {nil, output, 2, requests}, cwd = folder, env = environment(), detached = true,
  }, function(code, signal)
    self.code, self.signal = code, signal
    self.handle:close()
  end)
  if not handle then
    output:close()
    requests:close()
    uv.run "nowait" -- luv's half-made process must be gone before its memory is
    return nil, "cannot start the process that runs cells: " .. tostring(message)
  end
  self.handle, self.output, self.requests = handle, output, requests
  output:read_start(function(_, chunk)
    if chunk then
      self.pending = self.pending .. chunk
      take(self)
    else
      if self.pending ~= "" then self.on_text(self.pending) end
      self.pending, self.ended = "", true
      output:close()
    end
  end)
  return self
end

-- Runs the loop until the field is set, for at most so many seconds.
local function wait(self, field, seconds)
  local timer, late = uv.new_timer(), false
  timer:start(1000 * seconds, 0, function() late = true end)
  while not self[field] and not late do uv.run "once" end
  timer:close()
  return self[field]
end

-- Waits until the process is gone and what it wrote is here. One that closed its output cannot answer and is killed. A program that a cell
-- left running may hold the output open: what comes within a second is all of it then.
local function wait_for_end(self)
  if self.ended and not wait(self, "code", 2) then
    self.is_mute = true
    self:kill()
  end
  while not self.code do uv.run "once" end
  if not wait(self, "ended", 1) then
    self.ended = true
    self.output:close()
    if self.pending ~= "" then self.on_text(self.pending) end
  end
end

-- Sends a request and waits for its end. Returns the last message, or nil where the process ended.
local function ask(self, request, on_text, on_message)
  self.id = self.id + 1
  request.id = self.id
  local done
  self.on_text = on_text or function() end
  self.on_message = function(message)
    if message.id ~= request.id then return end
    if message.event == "done" then done = message
    elseif on_message then on_message(message) end
  end
  if not self.ended then self.requests:write(files.to_json(request) .. "\n") end
  while not done and not self.code and not self.ended do uv.run "once" end
  if not done then wait_for_end(self) end
  return done
end

local function how_it_ended(self)
  if self.is_mute then return "the process that runs the cells closed its standard output, without which it cannot answer" end
  if self.signal and self.signal ~= 0 then
    return ("the process that runs the cells was killed by signal %d%s"):format(self.signal, self.signal == 9
      and " (out of memory?)" or "")
  end
  return ("the cell ended the process that runs the cells, with status %d"):format(self.code or -1)
end

--- Runs a cell; see session:run for name and line. on_output(output) is called with each output as it comes:
--   {kind = "stream", text =}, {kind = "display" or "result", data = MIME types}, {kind = "error", message, line, trace, interrupted}
-- Returns {status = "ok", "error" or "interrupted", reads = {{path =, state =}, ...}, writes = {paths}}.
function Client:execute(code, name, line, on_output)
  local reply = ask(self, {["do"] = "execute", code = code, name = name, line = line},
    function(text) on_output{kind = "stream", text = text} end,
    function(message)
      if message.event == "error" then
        on_output{kind = "error", message = message.message, line = message.line, trace = message.trace or {},
          interrupted = message.interrupted}
      else on_output{kind = message.event, data = message.data} end
    end)
  if reply then return {status = reply.status, reads = reply.reads or {}, writes = reply.writes or {}} end
  on_output{kind = "error", message = how_it_ended(self), trace = {}, interrupted = false}
  return {status = "error", reads = {}, writes = {}}
end

--- Ends the cell that runs, and the programs that it waits for, as Ctrl-C does.
function Client:interrupt() if not self.code then uv.kill(-self.handle:get_pid(), "sigint") end end

--- Ends the process at once.
function Client:kill() if not self.code then uv.kill(-self.handle:get_pid(), "sigkill") end end

--- Lets the process end, and waits until it has.
function Client:close()
  if not self.requests:is_closing() then self.requests:close() end
  wait_for_end(self)
  uv.run "nowait" -- handles that are closed are gone after the loop has gone round
end

Client.__close = Client.close

return client
