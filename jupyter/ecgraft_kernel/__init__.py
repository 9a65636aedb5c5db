"""A Jupyter kernel for Lua 5.4 with ECGraft. It wraps the process `ecgraft kernel`; see lua/ecgraft/kernel.lua for what they say."""

__version__ = "0.1.0"
