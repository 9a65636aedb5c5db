--- What header comments tell of a patient: "Age: 74", "Sex: Male", "Dx: 59118001,164889003".
local codes_of = require "ecgraft.data.codes"
local text = require "ecgraft.data.text"

local comments = {}

local sexes = {male = "male", m = "male", female = "female", f = "female"}

--- Comment lines as a table of values by lower-case name: {age = "74", sex = "Male", dx = "59118001"}; the first of a name counts.
function comments.fields(lines)
  local fields = {}
  for _, line in ipairs(lines) do
    local name, value = line:match("^(%a[^:]*):(.*)$")
    name = name and text.trim(name):lower()
    if name and fields[name] == nil then fields[name] = text.trim(value) end
  end
  return fields
end

--- The lines of a text.
function comments.lines(joined)
  local lines = {}
  for line in (joined or ""):gmatch("[^\n]+") do lines[#lines + 1] = line end
  return lines
end

--- Age in years, or nil where it is not a number from 0 to 150.
function comments.age(fields)
  local age = tonumber(fields.age)
  return age and age >= 0 and age <= 150 and age or nil
end

--- "male", "female" or nil.
function comments.sex(fields) return sexes[(fields.sex or ""):lower()] end

--- The diagnosis codes behind Dx, or nil where there is no such comment.
function comments.codes(fields)
  if not fields.dx then return nil end
  local codes = {}
  for code in fields.dx:gmatch("%d+") do codes[#codes + 1] = code end
  return codes
end

--- The findings as texts: those behind Labels, else the diagnosis codes by the Challenge's abbreviations (a code that it does not know as
-- it is), else PTB's reason for admission. nil where there is no such comment.
function comments.findings(fields)
  local list = {}
  if fields.labels then
    for label in fields.labels:gmatch("[^,]+") do list[#list + 1] = text.trim(label) end
  elseif fields.dx then
    for i, code in ipairs(comments.codes(fields) or {}) do list[i] = codes_of.name(codes_of.canonical(code)) or code end
  elseif fields["reason for admission"] then
    list[1] = fields["reason for admission"]
  end
  return #list > 0 and list or nil
end

return comments
