--- Runs the cells of a notebook in one process and collects what they print and show.
local cache = require "ecgraft.notebook.cache"
local client = require "ecgraft.notebook.client"
local number_text = require "ecgraft.number_text"
local uv = require "luv"

local MOST_TEXT = 200000 -- bytes of printed text that a cell's output holds

-- Printed text that follows printed text is one output; what is too much is left out, and said.
local function add_output(outputs, output)
  local last = outputs[#outputs]
  if output.kind ~= "stream" then outputs[#outputs + 1] = output
  elseif last and last.kind == "stream" then last.text = last.text .. output.text
  else outputs[#outputs + 1] = {kind = "stream", text = output.text} end
  last = outputs[#outputs]
  if last.kind == "stream" and #last.text > MOST_TEXT and not last.full then
    last.full, last.text = true, last.text:sub(1, MOST_TEXT) .. "\n... the rest of what the cell printed is left out\n"
  elseif last.full then last.text = last.text:sub(1, MOST_TEXT + 60) end
end

local function how_it_went(status, seconds)
  return status == "ok" and number_text.duration(seconds) or status == "error" and "failed" or "interrupted"
end

--- The cells of a parsed notebook, run in order. o: path = of the notebook, name = in error messages, folder = where the cells work
-- (absolute), use_cache, say(text) = progress.
-- Sets cell.outputs of the code cells that ran, cell.count. Returns "ok", "cached", "error" (the cells behind are not run) or
-- "interrupted", and where cells ran a function that keeps what they gave; nil, message where no process could be started.
return function(cells, o)
  local code = {}
  for _, cell in ipairs(cells) do
    if cell.kind == "code" then
      code[#code + 1] = cell
      cell.count = #code
    end
  end
  if o.use_cache then
    local found, why = cache.find(o.path, code, o.folder)
    if found then
      for i, cell in ipairs(code) do cell.outputs = found[i] end
      o.say(("%s: nothing changed, %d cells taken from the cache"):format(o.name, #code))
      return "cached"
    end
    o.say(("%s: runs, since %s"):format(o.name, why))
  end
  local process <close>, message = client.start(o.folder)
  if not process then return nil, message end
  local interruptions = 0
  local signal = uv.new_signal()
  signal:start("sigint", function()
    interruptions = interruptions + 1
    if interruptions == 1 then process:interrupt() else process:kill() end
  end)
  signal:unref()
  local status, results, writes = "ok", {}, {}
  for i, cell in ipairs(code) do
    local begun, outputs = uv.hrtime(), {}
    local inputs = cache.declared(cell, o.folder)
    for _, input in ipairs(inputs) do
      if input.state == "absent" then o.say(("%s:%d: the input %s does not exist"):format(o.name, cell.line, input.path)) end
    end
    local reply = process:execute(cell.source, o.name, cell.line, function(output) add_output(outputs, output) end)
    cell.outputs = outputs
    o.say(("%s:%d: cell %d of %d%s: %s"):format(o.name, cell.line, i, #code, cell.title and ", " .. cell.title or "",
      how_it_went(reply.status, (uv.hrtime() - begun) / 1e9)))
    if reply.status ~= "ok" or interruptions > 0 then
      status = (interruptions > 0 or reply.status == "interrupted") and "interrupted" or "error"
      break
    end
    for _, output in ipairs(outputs) do output.full = nil end
    table.move(reply.writes, 1, #reply.writes, #writes + 1, writes)
    results[i] = {outputs = outputs, reads = reply.reads, inputs = inputs}
  end
  signal:stop()
  signal:close()
  return status, function()
    local ok, failure = cache.keep(o.path, code, results, writes, o.folder)
    if not ok then o.say(("%s: not kept for the next time: %s"):format(o.name, failure)) end
  end
end
