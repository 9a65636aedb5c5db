--- Arrays that a reader expects in an HDF5 file: there, readable, of numbers, with so many dims. (core.store raises where an array of text
-- is asked for as a tensor: that is the caller's mistake where he wrote the file, and the file's where it came from elsewhere.)
local lfs = require "lfs"
local text = require "ecgraft.data.text"

local hdf5_array = {}

-- So many values are believed to be in a file, and beyond them so many for each of its bytes: deflate makes up to 1032 bytes of one, and
-- of ECGs a few. Read at once are so many.
local FREE, PER_BYTE, BLOCK = 1 << 24, 32, 1 << 24

local function there(file, path, name)
  if not file:has(name) then
    return nil, ("%s: has no array '%s'; its arrays are %s"):format(path, name, text.list(file:names()))
  end
  local dtype, refused = file:dtype(name)
  if refused then return nil, ("%s: '%s' cannot be read: %s"):format(path, name, refused) end
  return dtype
end

--- The shape of an array of numbers; nil, message where it is none, or has not from `least` to `most` dims (where they are given).
---@return integer[]?
---@return string? message
function hdf5_array.numbers(file, path, name, least, most)
  local dtype, message = there(file, path, name)
  if not dtype then return nil, message end
  if dtype == "string" then return nil, ("%s: expected %s to hold numbers, got text"):format(path, name) end
  local shape = file:shape(name)
  if least and (#shape < least or #shape > most) then
    return nil, ("%s: expected %s to have %s dims, got shape {%s}"):format(path, name,
      least == most and least or ("%d or %d"):format(least, most), table.concat(shape, ", "))
  end
  return shape
end

--- Whether so many values (a recording, or what is read at once) can be what is in the file; nil, message.
function hdf5_array.explained(path, name, shape, first)
  local count, size = 1.0, lfs.attributes(path, "size") or 0 -- a float: no product overflows
  for i = first or 1, #shape do count = count * shape[i] end
  if count <= FREE + PER_BYTE * size then return true end
  return nil, ("%s: expected at most %d values in a file of %d bytes, got %s of shape {%s}"):format(path, FREE + PER_BYTE * size, size,
    name, table.concat(shape, ", "))
end

--- How many rows of an array to read at once, up to `most`.
---@return integer
function hdf5_array.rows(shape, most)
  local row = 1.0
  for i = 2, #shape do row = row * shape[i] end
  return math.max(1, math.min(most, math.floor(BLOCK / math.max(1, row))))
end

--- A list of n numbers or texts; nil, message where the array is not there or something else.
function hdf5_array.list(file, path, name, n)
  local dtype, message = there(file, path, name)
  if not dtype then return nil, message end
  local shape = file:shape(name)
  if #shape ~= 1 or shape[1] ~= n then
    return nil, ("%s: expected %s to have %d entries, one for each record, got shape {%s}"):format(path, name, n, table.concat(shape, ", "))
  end
  return file:values(name)
end

return hdf5_array
