std = "lua54"
max_line_length = 140
codes = true
cache = false

exclude_files = { "build*/", ".luarocks/", "lua_modules/" }

files["spec"] = { std = "lua54+busted" }
-- Declarations for editors: their functions have no bodies.
files["lua/ecgraft/meta"] = { ignore = { "211", "212", "241", "631" } }
files["rockspec"] = { std = "rockspec" }
