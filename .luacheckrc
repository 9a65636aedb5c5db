std = "lua54"
max_line_length = 140
codes = true
cache = false

exclude_files = { "build*/", ".luarocks/", "lua_modules/" }

files["spec"] = { std = "lua54+busted" }
-- Declarations for editors: their functions have no bodies.
files["lua/ecgraft/meta"] = { ignore = { "212" } }
files["rockspec"] = { std = "rockspec" }
