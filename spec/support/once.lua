--- Modules that a process can hold only once: busted forgets what a spec loaded after each file, and luv loaded a second time
-- shares a loop with the first, which the collector then closes.
require "luv"
