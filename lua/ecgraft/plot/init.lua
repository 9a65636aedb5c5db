--- Pictures as SVG strings, from plain Lua tables. Series differ in colour, marker and dash; a page can turn the figures dark.
--
--   local plot = require "ecgraft.plot"
--   plot.save("curve.svg", plot.lines{series = {{name = "scratch", x = {100, 200, 500}, y = {.71, .78, .84}}},
--                                     x = {label = "training records", scale = "log"}, y = {label = "macro AUROC"}})
--
-- A new kind of picture is one file in this folder and one line here.
local plot = {}

plot.lines = require("ecgraft.plot.lines").lines
plot.points = require("ecgraft.plot.lines").points
plot.bars = require("ecgraft.plot.bars").bars
plot.forest = require("ecgraft.plot.forest").forest
plot.dots = require("ecgraft.plot.dots").dots
plot.heatmap = require("ecgraft.plot.heatmap").heatmap
plot.history = require("ecgraft.plot.history").history
plot.ecg = require("ecgraft.plot.ecg").ecg
plot.grid = require("ecgraft.plot.grid").grid
plot.save = require("ecgraft.plot.save").save

return plot
