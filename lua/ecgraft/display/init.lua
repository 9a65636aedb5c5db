--- How values are shown where someone looks at them: at the prompt, in a notebook.
local rich = require "ecgraft.display.rich"
local text = require "ecgraft.display.text"

local display = {text = text, rich = rich, curve = require "ecgraft.display.curve", of_function = require "ecgraft.display.of_function"}

-- Where shown values go: a function of MIME types, set by a notebook's process for itself; nil: their text to standard output.
local sink

--- Shows values in the middle of a cell or script, each on its own: in a notebook as it shows the value of a cell, elsewhere as text.
function display.show(...)
  for i = 1, select("#", ...) do
    local value = (select(i, ...))
    if sink then sink(rich(value, {utf8 = true})) else print(text(value)) end
  end
end

--- Sends what display.show shows to fn(MIME types); nil: to standard output again.
function display.to(fn) sink = fn end

return display
