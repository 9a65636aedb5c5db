--- The command ecgraft, run by a spec, which may send it a signal on the way.
local files = require "ecgraft.files"
local lfs = require "lfs"
local uv = require "luv"

local command = {}

--- Runs bin/ecgraft with arguments; a signal may be sent once `after()` is true. Returns exit code, signal, standard output, errors.
function command.run(arguments, signal, after)
  local out, err, pipes = {}, {}, {uv.new_pipe(false), uv.new_pipe(false)}
  local code, killed
  local process
  process = uv.spawn(uv.exepath(), {args = {"bin/ecgraft", table.unpack(arguments)}, stdio = {nil, pipes[1], pipes[2]}}, function(c, s)
    code, killed = c, s
    process:close()
  end)
  assert(process)
  for i, list in ipairs{out, err} do
    pipes[i]:read_start(function(_, chunk)
      if chunk then list[#list + 1] = chunk else pipes[i]:close() end
    end)
  end
  if signal then
    local timer = uv.new_timer()
    timer:start(50, 50, function()
      if process:is_active() and not after() then return end
      if process:is_active() then process:kill(signal) end
      timer:close()
    end)
  end
  uv.run()
  return code, killed, table.concat(out), table.concat(err)
end

local function count_done(folder)
  local count = 0
  if files.exists(folder .. "/runs") then
    for name in lfs.dir(folder .. "/runs") do
      if files.exists(("%s/runs/%s/result.json"):format(folder, name)) then count = count + 1 end
    end
  end
  return count
end

--- Whether so many runs of a study's folder are done beside those that are now: by how far it is, not by a clock, so that a busy machine
-- changes nothing. Since these are of the next start, a signal that follows finds its leader at work, not on the way there.
function command.more_done(folder, wanted)
  local before = count_done(folder)
  return function() return count_done(folder) >= before + wanted end
end

return command
