---@meta
-- A record, its annotations and its quality.

--- One record, of a file or of a set.
---@class ecgraft.Record
---@field signals ecgraft.Tensor (L, leads), in mV where units say so
---@field leads string[] names of the columns
---@field units string|string[]
---@field rate number samples a second
---@field name? string
---@field labels string[] the names of its classes, of a record of a set
---@field comments string[] lines of the header
---@field findings? string[] what the header says was found: its labels, or its codes by name
---@field age? number
---@field sex? string
---@field codes? string[] diagnoses
---@field date? string
---@field time? string
---@field missing? integer samples that are NaN
---@field saturated? any
---@field path? string
local Record = {}

--- The index of a lead by its name (case does not count), or nil.
---@param name string
---@return integer?
function Record:lead(name) end

--- The record with other columns: signals (L, #names) in the order of `names` (default: the standard 12).
--- nil, message where a lead is missing.
---@param names? string[]
---@return ecgraft.Record?
---@return string? message
function Record:select(names) end

--- The record at another rate, anti-aliased. Missing samples are filled by interpolation before.
---@param rate number
---@return ecgraft.Record
function Record:resample(rate) end

--- The annotations in the file beside the record with this ending ("atr"): a list as data.read_annotations gives it, `sample` being the
--- position in this record's signals. nil, message where there is no such file, or it is damaged.
---@param ending? string
---@return ecgraft.Annotations?
---@return string? message
function Record:annotations(ending) end

--- What is wrong with the leads (flat, saturated, noisy, hum), whether limb leads agree and look swapped: see data/quality.lua, which
--- has the limits that may be given. The record must be in mV.
---@param options? ecgraft.Record.quality.Options
---@return ecgraft.RecordQuality
function Record:quality(options) end

--- Draws the record on ECG paper into an .svg, .png or .pdf file; options as for plot.ecg. true, or nil and a message.
---@param path string
---@param options? ecgraft.Record.plot.Options
---@return true?
---@return string? message
function Record:plot(path, options) end

--- The annotations of a file, in its order.
---@class ecgraft.Annotations
---@field rate number
---@field [integer] ecgraft.Annotation

---@class ecgraft.Annotation
---@field time number seconds from the beginning
---@field sample integer position in the record's signals, from 1
---@field symbol string "N" ...
---@field code integer
---@field subtype integer
---@field channel integer as in the file
---@field number integer
---@field text? string

--- What is wrong with the leads of a record.
---@class ecgraft.RecordQuality
---@field flat string[]
---@field saturated string[]
---@field noisy string[]
---@field hum string[]
---@field leads table<string, table>
---@field violation? number mV
---@field law? string
---@field broken boolean
---@field swap? string
---@field beats integer complexes found
---@field good boolean
