std = "lua54"
max_line_length = 140
codes = true
cache = false

exclude_files = { "build*/", ".luarocks/", "lua_modules/" }

files["spec"] = { std = "lua54+busted" }
files["rockspec"] = { std = "rockspec" }
