--- ecgraft kernel TOKEN: the process behind a notebook, for the Jupyter kernel in jupyter/ to start.
local command = {
  name = "kernel", summary = "Serve the cells of a Jupyter notebook; started by Jupyter's kernel, not by hand.",
  hidden = true,
}

function command.configure(parser)
  parser:argument("token", "What frames in the output begin with.")
  parser:argument("descriptor", "The file descriptor on which requests come (default 3)."):args "?":convert(math.tointeger)
end

function command.run(a) return require("ecgraft.kernel").main(a.token, a.descriptor) end

return command
