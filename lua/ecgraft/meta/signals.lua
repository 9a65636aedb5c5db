---@meta
-- What is done to signals: eg.data.filters and eg.data.scaler.

---@class ecgraft.filters
local filters = {}

--- Filters for ECGs, zero-phase: run forwards and backwards, so that no wave is moved (and the corner lies at -6 dB).
---
---   filters.bandpass(what, {low = 0.5, high = 40, order = 2})     Butterworth: what lies between two frequencies (Hz) stays
---@generic T
---@param what T a dataset, a record, or a tensor (L, leads) or (N, L, leads)
---@param options? ecgraft.filters.bandpass.Options
---@return T
function filters.bandpass(what, options) end

--- Filters for ECGs, zero-phase: run forwards and backwards, so that no wave is moved (and the corner lies at -6 dB).
---
---   filters.bandstop(what, {low =, high =, order = 2})            Butterworth: what lies between two frequencies goes
---@generic T
---@param what T a dataset, a record, or a tensor (L, leads) or (N, L, leads)
---@param options ecgraft.filters.bandstop.Options
---@return T
function filters.bandstop(what, options) end

--- Filters for ECGs, zero-phase: run forwards and backwards, so that no wave is moved (and the corner lies at -6 dB).
---
---   filters.lowpass(what, {high =, order = 2})                    Butterworth: what lies below a frequency stays
---@generic T
---@param what T a dataset, a record, or a tensor (L, leads) or (N, L, leads)
---@param options ecgraft.filters.lowpass.Options
---@return T
function filters.lowpass(what, options) end

--- Filters for ECGs, zero-phase: run forwards and backwards, so that no wave is moved (and the corner lies at -6 dB).
---
---   filters.highpass(what, {low =, order = 2})                    Butterworth: what lies above a frequency stays
---@generic T
---@param what T a dataset, a record, or a tensor (L, leads) or (N, L, leads)
---@param options ecgraft.filters.highpass.Options
---@return T
function filters.highpass(what, options) end

--- Filters for ECGs, zero-phase: run forwards and backwards, so that no wave is moved (and the corner lies at -6 dB).
---
---   filters.notch(what, {frequency = 50, q = 30})                 mains hum
---@generic T
---@param what T a dataset, a record, or a tensor (L, leads) or (N, L, leads)
---@param options? ecgraft.filters.notch.Options
---@return T
function filters.notch(what, options) end

--- Filters for ECGs, zero-phase: run forwards and backwards, so that no wave is moved (and the corner lies at -6 dB).
---
---   filters.baseline(what, {cutoff = 0.5})                        baseline wander, by a high-pass of order 2
---@generic T
---@param what T a dataset, a record, or a tensor (L, leads) or (N, L, leads)
---@param options? ecgraft.filters.baseline.Options
---@return T
function filters.baseline(what, options) end

---@class ecgraft.scalers
---@field kinds table<string, true>
local scaler = {}

--- A scaler from numbers: scaler.new{kind = "set", mean = 0, deviation = .228}, scaler.new{kind = "lead", mean = {0, ...}, deviation =
--- {.2, ...}}; also what scaler:state() gave.
---@param options? ecgraft.scalers.new.Options
---@return ecgraft.Scaler
function scaler.new(options) end

--- Learns from a training set: scaler.fit(set [, {kind = "set"}]). Missing samples are left out.
---@param set ecgraft.Dataset
---@param options? ecgraft.scalers.fit.Options
---@return ecgraft.Scaler
function scaler.fit(set, options) end

--- How signals are brought to a common size.
---@class ecgraft.Scaler
---@field kind "set"|"lead"|"record"|"minmax"
---@field mean any a number, or a list with one for each lead
---@field deviation any likewise
local Scaler = {}

--- A plain table that scaler.new takes: kind, and mean and deviation where it has them.
---@return table
function Scaler:state() end

--- The scaled set (units "scaled", with its scaler), or for signals (N, L, leads) or (L, leads) the scaled tensor. What was given stays.
---@generic T
---@param what T a dataset, or signals (N, L, leads) or (L, leads)
---@return T
function Scaler:apply(what) end
