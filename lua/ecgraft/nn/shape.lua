--- Layers that only look at a tensor in another way.
--   nn.Flatten()    (N, ...) -> (N, rest): all dims but the first made one
--   nn.Identity()   x as it is
local module = require "ecgraft.nn.module"

local Flatten = module.class "Flatten"
function Flatten.forward(_, x) return x:flatten(2) end

local Identity = module.class "Identity"
function Identity.forward(_, x) return x end

return {Flatten = Flatten, Identity = Identity}
