--- The command `ecgraft`: one file a subcommand in ecgraft/cli, each {name, summary, configure(parser), examples (command lines, shown by
-- --help), more (text before them), hidden (not for people), run(arguments, parser of the whole) -> exit status}.
-- Exit status: 0, 1 (failed), 2 (wrong usage), 130 (interrupted). Nothing but results goes to standard output; --json, where a command has
-- it, gives the same results to programs.
require "ecgraft.short_spin" -- before the core
local argparse = require "argparse"
local core = require "ecgraft.core"
local interruption = require "ecgraft.interruption"

local cli = {}

-- ORDER COMMANDS: as the help lists them.
local names = {"study", "status", "report", "predict", "evaluate", "info", "plot", "synth", "export", "import", "repl", "notebook",
  "kernel", "completion"}

local function build()
  local parser = argparse("ecgraft", "Deep learning on 12-lead ECGs, and the study of whether transfer learning helps."):add_help(true)
  parser:require_command(true):command_target "command"
  parser:flag("--version", "Print the version and exit."):action(function()
    print("ecgraft " .. core.version)
    os.exit(0, true)
  end)
  parser:epilog "'ecgraft COMMAND --help' tells about a command. Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted."
  local commands, parsers = {}, {}
  for _, name in ipairs(names) do
    local command = require("ecgraft.cli." .. name)
    commands[name], parsers[name] = command, parser:command(name, command.summary)
    command.configure(parsers[name])
    if command.hidden then parsers[name]:hidden(true)
    else
      local more = command.more and command.more .. "\n\n" or ""
      parsers[name]:epilog(more .. "Examples:\n  " .. table.concat(command.examples, "\n  "))
    end
  end
  return parser, commands, parsers
end

local function complain(message) io.stderr:write("ecgraft: ", message, "\n") end

--- The examples of all commands' help, as a list of {command, line}.
function cli.examples()
  local list = {}
  for _, name in ipairs(names) do
    for _, line in ipairs(require("ecgraft.cli." .. name).examples or {}) do list[#list + 1] = {command = name, line = line} end
  end
  return list
end

--- What is made of the command line `arguments`: a table of options, or nil and a message. Nothing is run.
function cli.parse(arguments)
  local ok, parsed = build():pparse(table.move(arguments, 1, #arguments, 1, {}))
  if not ok then return nil, parsed end
  return parsed
end

--- Runs the command line `arguments` (a list) and returns the exit status.
function cli.main(arguments)
  local parser, commands, parsers = build()
  local ok, parsed = parser:pparse(table.move(arguments, 1, #arguments, 1, {}))
  if not ok then
    -- Who gives no command wants to know which there are.
    io.stderr:write(#arguments == 0 and parser:get_help() .. "\n" or (parsers[arguments[1]] or parser):get_usage(), "\n")
    complain(parsed)
    return 2
  end
  local result
  ok, result = xpcall(commands[parsed.command].run, function(message)
    if interruption.is(message) then return message end
    return os.getenv "ECGRAFT_TRACE" and debug.traceback(tostring(message), 2) or message
  end, parsed, parser)
  if ok then return result or 0 end
  -- Where in the library it was found is of no use at a shell.
  if type(result) == "string" then result = result:gsub("^[^\n:]*/ecgraft/[^\n:]*%.lua:%d+: ", "") end
  complain(tostring(result))
  return interruption.is(result) and 130 or 1
end

--- For commands: prints a value as JSON and returns the exit status 0.
function cli.print_json(value)
  print(require("ecgraft.files").to_json(value, true))
  return 0
end

--- For commands: says what is wrong with how it was called and returns the exit status of that.
function cli.wrong_usage(message)
  complain(message)
  return 2
end

--- For commands: says what is wrong and returns the exit status of a failure.
function cli.fail(message)
  complain(message)
  return 1
end

return cli
