--- One number of a list of lines: FNV-1a, 64 bits, of each line and a newline (spec/fixtures/generate_sets.py has the same).
return function(lines)
  local value = 0xcbf29ce484222325
  for i = 1, #lines do
    local line = lines[i] .. "\n"
    for k = 1, #line do value = (value ~ line:byte(k)) * 0x100000001b3 end
  end
  return ("%016x"):format(value)
end
