--- A dot in place of a colon, net.eval() for net:eval(): said as such, and not by whatever comes of it inside. The methods of a class are
-- put behind functions that look at what stands before the colon; those written in C look at it themselves.
local colon = {}

local behind = setmetatable({}, {__mode = "k"})

--- Puts the methods in a table behind such functions. noun: what a value of the class is called, "net"; is: whether a value is one; except:
-- names that are no methods. Names that begin with "_" and what is written in C are left as they are.
function colon.guard(methods, noun, is, except)
  for name, method in next, methods do
    local skip = type(name) ~= "string" or name:sub(1, 1) == "_" or type(method) ~= "function" or behind[method]
      or debug.getinfo(method, "S").what == "C"
    for _, each in ipairs(except or {}) do skip = skip or each == name end
    if not skip then
      local function guarded(self, ...)
        if not is(self) then error(("%s: call it with a colon, %s:%s(...)"):format(name, noun, name), 2) end
        return method(self, ...) -- a tail call: what it blames is our caller
      end
      behind[guarded] = method
      methods[name] = guarded
    end
  end
end

--- The same for a class: a table of methods that is the metatable of its values.
function colon.class(class, noun, except)
  colon.guard(class, noun, function(value) return getmetatable(value) == class end, except)
end

--- The function behind such a one; any other value itself.
function colon.behind(fn) return behind[fn] or fn end

-- The name of the method at a level, "" where Lua does not know it (behind a tail call).
local function self_at(level, what)
  local info = debug.getinfo(level + 1, "nu")
  if not info or info.nparams < 1 then return nil end
  local name, value = debug.getlocal(level + 1, 1)
  if name == "self" and what(value) then return info.name or "" end
  return nil
end

--- Whether the function at a level of the stack (as in debug.getinfo, seen from the caller) is a method whose `self` is something for which
-- what(self) is true, as it is not meant to be: then the name of the method that the user called ("": not known), and the level of
-- that call.
function colon.slipped(level, what)
  local name
  level = level + 1
  while true do
    local found = self_at(level, what)
    if not found then return name, name and level - 1 end
    name, level = found, level + 1
  end
end

return colon
