--- Threads that wait for each other at the end of a loop spin for milliseconds by default. Where another process shares the processors
-- that is several times slower than one thread; a short spin costs next to nothing. The library of threads reads this when it is loaded,
-- with the core: whatever may be a process's first module of ours requires this one before the core. What the user chose stays.
local found, uv = pcall(require, "luv") -- what is missing is said where it is needed

if found and not os.getenv "GOMP_SPINCOUNT" and not os.getenv "OMP_WAIT_POLICY" then uv.os_setenv("GOMP_SPINCOUNT", "10000") end

return true
