---@meta ecgraft.plot
-- require "ecgraft.plot". Every picture is a string, an SVG document.

---@class ecgraft.plot
local plot = {}

--- A line chart as an SVG string.
---
--- plot.lines: values over a number axis, with intervals and single observations; plot.points: scatter. Both take
---   series      {{name =, x =, y =, low =, high =, points = {{x, y}, ...}, style =, thin =}, ...}: x, y, low and high are
---               lists or tensors, equally long; without x the y stand at 1, 2, 3; NaN leaves a gap; low and high are an interval, points
---               single observations
---   x, y        axes: label, scale "linear" or "log", min, max, ticks, zero, percent, integer; see plot/scale.lua
---   references  {{x = or y =, label =}, ...}: dashed lines across the chart
---   interval    low and high as a "band" (default) or as "bars"
---   markers     mark each y (default true)
---   dodge       series a little beside each other (default false)
---   legend      names of the series above the chart (default true)
---   title, subtitle  above the legend
---   desc        what a screen reader says of the picture; default: from the names
---   width       in pixels (default 560)
---   height      in pixels (default 380)
---@param options ecgraft.plot.lines.Options
---@return string
function plot.lines(options) end

--- A scatter chart as an SVG string.
---
--- plot.lines: values over a number axis, with intervals and single observations; plot.points: scatter. Both take
---   series      {{name =, x =, y =, low =, high =, points = {{x, y}, ...}, style =, thin =}, ...}: x, y, low and high are
---               lists or tensors, equally long; without x the y stand at 1, 2, 3; NaN leaves a gap; low and high are an interval, points
---               single observations
---   x, y        axes: label, scale "linear" or "log", min, max, ticks, zero, percent, integer; see plot/scale.lua
---   references  {{x = or y =, label =}, ...}: dashed lines across the chart
---   interval    low and high as a "band" (default) or as "bars"
---   markers     mark each y (default true)
---   dodge       series a little beside each other (default false)
---   legend      names of the series above the chart (default true)
---   title, subtitle  above the legend
---   desc        what a screen reader says of the picture; default: from the names
---   width       in pixels (default 560)
---   height      in pixels (default 380)
---@param options ecgraft.plot.points.Options
---@return string
function plot.points(options) end

--- A bar chart as an SVG string.
---   categories  names
---   series      {{name =, values =, low =, high =, style =}, ...}: a number for each category (a list or a tensor), NaN for none;
---               intervals where given
---   value       the axis of values; see plot/scale.lua (linear; holds 0)
---   horizontal  bars across, for long names (default false)
---   show_values write each value at its bar, where there is room (default true)
---   title, subtitle, desc, width (560), height (320; where horizontal it follows from the number of bars unless given)
---@param options ecgraft.plot.bars.Options
---@return string
function plot.bars(options) end

--- A forest plot as an SVG string.
---   rows      {{label =, estimate =, low =, high =, note =, group =, style =}, ...}; rows that follow each other with the same `group`
---             stand under one heading; `style` is a number of colour
---   reference the value that means no effect (default 0)
---   left, right  words under the axis for what lies on each side of the reference
---   x         the axis; see plot/scale.lua (linear)
---   decimals  of the numbers printed (default 3)
---   title, subtitle, desc, width (560); the height follows from the rows
---@param options ecgraft.plot.forest.Options
---@return string
function plot.forest(options) end

--- Observations in rows as an SVG string: in each the mean with an interval, and below it a dot for each observation.
---   rows      {{label =, values = {...}, mean =, low =, high =, group =, style =}, ...}; where they are not given, the mean is that of the
---             values, and the interval reaches from the lowest to the highest. Rows that follow each other with the same `group` stand
---             under one heading; `style` is a number of colour and marker
---   x         the axis; see plot/scale.lua (linear)
---   references  {{x =, label =}, ...}: dashed upright lines
---   decimals  of the numbers printed (default 3)
---   title, subtitle, desc, width (560); the height follows from the rows
---@param options ecgraft.plot.dots.Options
---@return string
function plot.dots(options) end

--- A heat map as an SVG string.
---   rows, columns   names
---   values          values[row][column], lists or a tensor (rows, columns); NaN leaves a cell empty
---   map             "sequential" (default) or "diverging" about `center` (default 0)
---   min, max        values at the ends of the colours; default: the data's
---   decimals        of the numbers in the cells (default 2); signed: with a plus sign (default false)
---   label           what the colours mean
---   row_label, column_label  above the row names and the columns
---   title, subtitle, desc, width (560); the height follows from the rows
---@param options ecgraft.plot.heatmap.Options
---@return string
function plot.heatmap(options) end

--- Learning curves as an SVG string.
---   history  {{epoch =, train_loss =, val_loss =, val_score = ...}, ...}, as eg.fit returns it; a field best_epoch is marked, and monitor
---            ("macro_auroc") says what val_score is.
---            Columns whose names end in "loss" stand in the upper panel, all others (but epoch, step, seconds, lr) in the lower one.
---   options  title, subtitle, desc, width (560), height (520, or 320 for one panel), best_epoch, log_loss (a log axis for losses)
---@param rows ecgraft.History|table[]
---@param options? ecgraft.plot.history.Options
---@return string
function plot.history(rows, options) end

--- A record on ECG paper as an SVG string, in millimetres: printed at 100 % it can be measured with a ruler.
---   record   {signals =, leads =, rate =, name =, age =, sex =, labels or findings = {...}, synthetic =}: signals in mV, a tensor
---            (samples, leads) or a list of columns; NaN leaves a gap. leads: names in the order of the columns
---            What says that it is synthetic (the field, `source` or one of `comments`) is labelled so
---   seconds  shown, as far as the record has them (default 10)
---   start    the first second shown (default 0)
---   layout   "3x4" (default), "6x2": columns of leads one after the other in time, with a rhythm strip below; "12x1": each lead over the
---            whole time; "stack": the record's own leads, whatever they are (default where one of the twelve is absent)
---   wrap     where each row has one lead, seconds of a row: what is longer goes on in the next rows (default 10 for a single lead)
---   rhythm   the lead of the rhythm strip (default "II"; "" for none)
---   speed    mm a second (default 25)
---   gain     mm a mV (default 10)
---   offset   "median" (default): each lead's median is drawn on its baseline, as the high-pass of an electrocardiograph would do;
---            "none": 0 mV is
---   title    instead of the record's name
---   time_weights  a weight from 0 to 1 for each sample of the record: shaded behind the traces, and as a curve at the foot of each row
---   lead_notes    short texts behind the leads' names: by name, or a list in the record's order. See ecgraft.explain for both
---   paper    "auto" (default): A4 where the record fills it, else as large as what is on it; "a4": A4, landscape, or portrait where only
---            that holds it, and larger where neither does; "fit": as large as what is on it, for a picture among text
---@param record ecgraft.Record|table
---@param options? ecgraft.plot.ecg.Options
---@return string
function plot.ecg(record, options) end

--- Several pictures in one, as an SVG string: row by row, each as large as it is, columns as wide as their widest picture.
---   pictures  a list of what the other functions of eg.plot return
---   columns   pictures in a row (default 2)
---   gap       between pictures, in pixels (default 12)
---   letters   a, b, c ... above the pictures (default false)
---   title, subtitle, desc
---@param pictures string[]
---@param options? ecgraft.plot.grid.Options
---@return string
function plot.grid(pictures, options) end

--- Writes an SVG string to a file: .svg as it is, .png and .pdf through rsvg-convert.
--- The file is replaced as a whole. options: dpi = resolution of a PNG (default 192, twice that of a plain screen).
--- Returns true, or nil and a message.
---@param path string
---@param picture string
---@param options? ecgraft.plot.save.Options
---@return true?
---@return string? message
function plot.save(path, picture, options) end

return plot
