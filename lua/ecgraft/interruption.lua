--- What Ctrl-C raises in long work that puts things in order first: a value that is printed as text, told from an error by is().
local interruption = {}

local meta = {__tostring = function(self) return self.message end}

--- A value for error(value, 0). message: what became of the work; kept: what there was of its result (a history), nil where there is none;
-- called: what that is, in words.
function interruption.new(message, kept, called)
  return setmetatable({interrupted = true, message = message, kept = kept, called = called}, meta)
end

--- Whether what was raised is Ctrl-C's.
function interruption.is(raised) return type(raised) == "table" and rawget(raised, "interrupted") == true end

return interruption
