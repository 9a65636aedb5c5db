--- A child process that answers each line of its standard input with one line: child.start{command, arguments...} -> child;
-- child:ask("word ...") -> its answer; child:stop().
local uv = require "luv"

local Child = {}
Child.__index = Child

--- Waits until done() holds.
local function wait(done)
  while not done() do uv.run "once" end
end

local function start(command)
  local self = setmetatable({name = table.concat(command, " "), input = uv.new_pipe(), output = uv.new_pipe(), text = ""}, Child)
  self.handle = assert(uv.spawn(command[1], {args = table.move(command, 2, #command, 1, {}), stdio = {self.input, self.output, 2}},
    function() self.ended = true end))
  self.output:read_start(function(_, data) self.text = self.text .. (data or "") end)
  return self
end

function Child:ask(line)
  self.input:write(line .. "\n")
  wait(function() return self.ended or self.text:find "\n" end)
  local answer, rest = self.text:match "^(.-)\n(.*)$"
  if not answer then error(("%s ended at: %s"):format(self.name, line), 0) end
  self.text = rest
  return answer
end

function Child:stop()
  self.input:close()
  wait(function() return self.ended end)
  self.output:close()
  self.handle:close()
  uv.run "nowait"
end

return {start = start}
