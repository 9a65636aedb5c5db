--- ecgraft completion SHELL: the commands and options for a shell that completes words.
local command = {
  name = "completion", summary = "Print what makes bash, zsh or fish complete commands and options.",
  more = "For one session: source <(ecgraft completion bash). For all of them, write it where the shell looks for completions.",
  examples = {
    "ecgraft completion bash > ~/.local/share/bash-completion/completions/ecgraft",
    "ecgraft completion zsh > ~/.zfunc/_ecgraft",
    "ecgraft completion fish > ~/.config/fish/completions/ecgraft.fish",
  },
}

function command.configure(parser)
  parser:argument("shell", "bash, zsh or fish."):choices{"bash", "zsh", "fish"}
end

function command.run(a, parser)
  io.write(parser["get_" .. a.shell .. "_complete"](parser))
  return 0
end

return command
