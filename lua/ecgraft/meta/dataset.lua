---@meta
-- A set of records: ecgraft.data makes them. The comments of what is written in Lua are copied from the sources.

--- Labelled records of one rate, length and set of leads. #set is their number.
---@class ecgraft.Dataset
---@operator len: integer
---@field signals ecgraft.Tensor (N, L, leads)
---@field labels ecgraft.Tensor (N, K), 0 and 1
---@field label_rows number[][] the labels as Lua tables
---@field hashes integer[] one for each record; records with the same signal have the same one
---@field classes string[] K names
---@field records string[] N ids, each once
---@field patients any[] N ids: records of one patient share one
---@field leads string[] names of the columns
---@field rate number samples a second
---@field units string "mV", or "scaled"
---@field scaler? ecgraft.Scaler the scaler that was applied
---@field source string where the records come from
---@field fold integer[] N fold numbers, where the set has them
---@field ages (number|false)[] N entries, false where not known; where the set has them
---@field sexes (string|false)[] N entries, false where not known; where the set has them
---@field truth table[] N tables of what is known of each record: heart_rate (a minute), pr, qrs, qt (ms) ...
---@field skipped {record: string, reason: string}[] what was left out
---@field notes string[] what was repaired or assumed, in words
local Dataset = {}

--- Where the signals lie in a file and were not read into memory: the value of data/stored.lua, and for each record its row there (nil:
--- the same). Else nil.
---@return ecgraft.Tensor? file
---@return integer[]? rows
function Dataset:storage() end

--- {N, L, leads}, the shape of set.signals, which are not read for it.
---@return integer[]
function Dataset:shape() end

--- The signals of the records at positions `rows` (a list, from 1), in that order: a new tensor. Reads no others.
---@param rows integer[]
---@return ecgraft.Tensor
function Dataset:read(rows) end

--- for x, first in set:blocks() do ... end: all signals in order, in blocks (n, L, leads) of some megabytes; `first` is the position of
--- a block's first record.
---@return fun(): ecgraft.Tensor, integer
function Dataset:blocks() end

--- The records at positions `rows` (from 1), in that order; each at most once.
---@param rows integer[]
---@return ecgraft.Dataset
function Dataset:subset(rows) end

--- The records for which fn{index, record, patient, fold, age, sex, labels = {NORM = true}} is true.
---@param fn fun(record: ecgraft.RecordView): any
---@return ecgraft.Dataset
function Dataset:filter(fn) end

--- What set:filter tells of a record.
---@class ecgraft.RecordView
---@field index integer
---@field record string
---@field patient any
---@field labels table<string, true>
---@field fold? integer
---@field age? number
---@field sex? string

--- The set in parts: set:split{train = .7, val = .1, test = .2, by = "patient" | "record", seed = 1, stratified = true} -->
--- {train =, val =, test =}. Shares of the records, which must add up to 1; a share that is left out, where others are given, makes no
--- such part.
--- Stratified by the labels, as far as patients allow. A patient's records stay together (by = "patient"), and so do records
--- with the same signal. Or by the folds that the set has: set:split{train = {1, 2, 3}, val = {4}, test = {5}}, where by = "patient" makes a
--- patient or a signal in two parts an error, and seed and stratified have no bearing.
---@param options? ecgraft.Dataset.split.Options
---@return {train: ecgraft.Dataset, val: ecgraft.Dataset, test: ecgraft.Dataset}
function Dataset:split(options) end

--- The set in k folds: set:folds{k = 4, by = "patient", seed = 1, stratified = true} --> list of k {train =, test =};
--- every record is in one test part.
---@param options? ecgraft.Dataset.folds.Options
---@return {train: ecgraft.Dataset, test: ecgraft.Dataset}[]
function Dataset:folds(options) end

--- set:take(n, {seed = 1, stratified = true, by = "patient"}): n records at random. With the same seed, take(100) is contained
--- in take(200). Stratified: each prefix of the order in which records are taken has the set's share of each class. By patient: a patient's
--- records follow each other in that order. n = "all" is the whole set.
---@param n integer|"all"
---@param options? ecgraft.Dataset.take.Options
---@return ecgraft.Dataset
function Dataset:take(n, options) end

--- Record i (from 1), to print, draw or predict on: see data/record.lua.
---@param i integer
---@return ecgraft.Record
function Dataset:record(i) end

--- Which records have flat, saturated or noisy leads, hum, limb leads that disagree or look swapped: see data/quality.lua, which has
--- the limits that may be given. set:subset(set:quality().rows.good) leaves them out.
---@param options? ecgraft.Dataset.quality.Options
---@return ecgraft.SetQuality
function Dataset:quality(options) end

--- How many records have each class, as a list in the order of the classes; and how many have none.
---@return integer[]
---@return integer none
function Dataset:counts() end

--- How many patients there are.
---@return integer
function Dataset:patient_count() end

--- The same records with other signals (a tensor of the same number of records and leads); `changes` are further fields.
---@param signals ecgraft.Tensor
---@param changes? table
---@return ecgraft.Dataset
function Dataset:with_signals(signals, changes) end

--- The same records with fewer leads, or in another order: set:select{"II", "V1"}. Names by case do not count. A set in a file is read into
--- memory. Raises where the set lacks a lead, and where it is scaled already: a scaler is for the leads it was made for.
---@param names string[]
---@return ecgraft.Dataset
function Dataset:select(names) end

--- The same records with what is known of each: set:with_truth{["id of a record"] = {heart_rate = 71, pr = 160, qrs = 92, qt = 390}, ...},
--- in beats a minute and ms, or any other names and plain values; nothing is known of a record that is not there. An id that the set does
--- not have is passed over. What tasks.intervals learns from. Replaces a truth that the set has.
---@param truth table<string, table>
---@return ecgraft.Dataset
function Dataset:with_truth(truth) end

--- Writes the set as an HDF5 file that data.open reads: set:save(path [, {dtype =, compression =}]). true, or nil and a message.
---@param path string
---@param options? ecgraft.Dataset.save.Options
---@return true?
---@return string? message
function Dataset:save(path, options) end

--- What is wrong with the leads of the records of a set.
---@class ecgraft.SetQuality
---@field counts table<string, integer>
---@field rows table<string, integer[]>
---@field records table[]
---@field measures ecgraft.Tensor
---@field measure_names string[]
