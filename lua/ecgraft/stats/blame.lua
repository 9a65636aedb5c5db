--- Calls a function of the core so that its errors blame the caller of the public function, not a line of the library.
-- level: as for error, 2 where the public function calls blame itself.
---@param level integer
---@param fn function
---@return any ...
return function(level, fn, ...)
  local results = table.pack(pcall(fn, ...))
  if not results[1] then error(results[2], level + 1) end
  return table.unpack(results, 2, results.n)
end
