--- Runs busted in whatever interpreter runs this file: lua5.4 spec/support/busted.lua spec/x_spec.lua
require("busted.runner")({ standalone = false })
