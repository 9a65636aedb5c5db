--- How values are shown where someone looks at them: at the prompt, in a notebook.
return {text = require "ecgraft.display.text", curve = require "ecgraft.display.curve", of_function = require "ecgraft.display.of_function"}
