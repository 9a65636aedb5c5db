---@meta ecgraft.report
-- require "ecgraft.report".

---@class ecgraft.report
local report = {}

--- Everything that report.write would write, as a list {{name =, text =}, ...}.
---@param options ecgraft.report.build.Options
---@return {name: string, text: string}[]
function report.build(options) end

--- The report in short for a terminal: verdict, scores and gains as text. Takes what report.write takes.
---@param options ecgraft.report.text.Options
---@return string
function report.text(options) end

--- Writes the report; see the head of this file. Returns the path of report.html, or nil and a message where a file cannot be written.
---@param options ecgraft.report.write.Options
---@return string? path
---@return string? message
function report.write(options) end

--- A table value (see ecgraft.table_text) as a LaTeX table environment. `label` is for \ref.
---@param value table
---@param label? string
---@return string
function report.latex(value, label) end

--- A table value (see ecgraft.table_text) as Markdown text; its caption in bold above, its note below.
---@param value table
---@return string
function report.markdown(value) end

--- The runs of a report as csv text, in the order given: who they are, their scores by name, what they took. Nothing that depends on
--- the machine: the same study gives the same text.
---@param runs table[]
---@return string
function report.results_csv(runs) end

return report
