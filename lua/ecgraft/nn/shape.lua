--- Layers that only look at a tensor in another way.
--   nn.Flatten()    (N, ...) -> (N, rest): all dims but the first made one
--   nn.Identity()   x as it is
local module = require "ecgraft.nn.module"

local Flatten = module.class "Flatten"
function Flatten:forward(x) return x:flatten(2) end -- luacheck: ignore self

local Identity = module.class "Identity"
function Identity:forward(x) return x end -- luacheck: ignore self

return {Flatten = Flatten, Identity = Identity}
