--- ecgraft repl [FILE...]: the prompt.
local command = {
  name = "repl", summary = "Type Lua and see what it gives: completion, documentation, pictures.",
  more = [[
Lines are kept in ~/.local/state/ecgraft/history (below XDG_STATE_HOME where that is set; ECGRAFT_HISTORY names another file, or none
when it is empty). Where input is no terminal its lines are run, and the first error ends it with exit status 1.]],
  examples = {
    "ecgraft repl",
    "ecgraft repl train.lua",
    "echo 'eg.randn(2, 3)' | ecgraft repl",
  },
}

function command.configure(parser)
  parser:argument("files", "Lua scripts to run first; the variables at their top level are there afterwards."):args("*"):argname "FILE"
  parser:flag("--no-history", "Do not keep the lines that are typed.")
end

function command.run(a)
  return require("ecgraft.repl").run{files = a.files, history = not a.no_history}
end

return command
