--- Numbers for a picture: what may be given as a list may be given as a tensor.
local numbers = {}

--- A list of numbers as it is, or a tensor of `dims` dimensions (1, the default, or 2) as lists; nil stays nil.
-- Raises for a tensor of other dimensions.
function numbers.list(where, name, value, level, dims)
  if type(value) ~= "userdata" then return value end
  dims = dims or 1
  if value:dim() ~= dims then
    error(("%s: %s must be %s, got a tensor of the shape (%s)"):format(where, name,
      dims == 1 and "a list of numbers or a tensor of one dimension" or "a list of rows or a tensor (rows, columns)",
      table.concat(value:shape(), ", ")), level + 1)
  end
  return value:detach():totable()
end

return numbers
