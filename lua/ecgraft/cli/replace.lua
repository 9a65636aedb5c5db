--- What a command does with a file that is already there, the same for all of them: models, sets, weights and notebooks are not replaced
-- without --force, since the command that is given may not be the one that made what is there; pictures, pages and tables are.
local replace = {}

--- Adds the option --force to a command.
function replace.configure(parser) parser:flag("-f --force", "Replace what is already there.") end

local kinds = {model = "a model", checkpoint = "a checkpoint", dataset = "a prepared dataset"}

local function mode_of(path) return require("lfs").attributes(path, "mode") end

local function what(path)
  local mode = mode_of(path)
  if mode == "directory" then
    local names = require("ecgraft.files").names(path) or {}
    return ("a folder with %d %s"):format(#names, #names == 1 and "entry" or "entries")
  end
  local attributes = mode == "file" and path:find "%.h5$" and require("ecgraft.core").store.attributes(path)
  return attributes and kinds[attributes.ecgraft_kind] or "a file"
end

--- Whether there is something that writing to `path` would replace or mix with: an empty folder is nothing.
local function is_there(path)
  local mode = mode_of(path)
  if not mode then return false end
  return mode ~= "directory" or #(require("ecgraft.files").names(path) or {""}) > 0
end

--- Why the paths must not be written to: a message that says what is there. nil where nothing is, or with --force (a.force).
function replace.refusal(a, ...)
  if a.force then return nil end
  for _, path in ipairs{...} do
    if is_there(path) then
      -- Of folders only a published set's layout is replaced as a whole; in others what has another name stays.
      local forced = mode_of(path) == "directory" and not a.layout and "writes there all the same" or "replaces it"
      return ("%s is already there, %s; --force %s"):format(path, what(path), forced)
    end
  end
end

return replace
