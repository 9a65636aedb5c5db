---@meta ecgraft.transfer
-- require "ecgraft.transfer".

---@class ecgraft.transfer
---@field names string[] the names of all strategies
---@field measure ecgraft.measures measures of transferability
---@field scratch ecgraft.Strategy
---@field finetune ecgraft.Strategy
---@field linear_probe ecgraft.Strategy
---@field svm_probe ecgraft.Strategy
---@field lp_ft ecgraft.Strategy
---@field gradual ecgraft.Strategy
---@field discriminative ecgraft.Strategy
---@field l2_sp ecgraft.Strategy
---@field bn_only ecgraft.Strategy
---@field partial ecgraft.Strategy
---@field rescale ecgraft.Strategy
local transfer = {}

--- A transfer strategy. Those that take options are called with them for another of their kind.
---@class ecgraft.Strategy
---@operator call(table): ecgraft.Strategy
---@field name string
---@field text string
---@field source boolean whether it starts from a pretrained network
---@field start? fun(net: ecgraft.Module, source?: table<string, ecgraft.Tensor>, options: {seed: integer}): integer?, integer?
---@field groups? fun(net: ecgraft.Module, lr: number): table[]
---@field on_epoch? fun(net: ecgraft.Module, epoch: integer, epochs: integer)
---@field penalty? fun(net: ecgraft.Module): ecgraft.Tensor?
---@field solve? fun(net: ecgraft.Module, train: ecgraft.Dataset, val: ecgraft.Dataset?, options: table): table
---@field variant? fun(options: table): ecgraft.Strategy

--- Makes a transfer strategy, which says how to start and what is trained.
---
--- A transfer strategy is a small value: how to start, what is trained, what changes by epoch.
---
---   transfer.strategy{
---     name     = "finetune",
---     source   = true,                            -- whether it starts from a pretrained network
---     start    = function(net, source, o) end,     -- gives the net its first weights; source: the pretrained state, name -> tensor;
---                                                    -- o: {seed =}. Returns how many values came from there, and how many there are
---     groups   = function(net, lr) end,             -- parameter groups {{params =, lr =}, ...}; default: one group of all
---     on_epoch = function(net, epoch, epochs) end,   -- before each epoch (from 1): freezes and unfreezes, by its arguments only
---     penalty  = function(net) end,                 -- a scalar added to the loss, or nil
---     solve    = function(net, train, val, o) end,   -- instead of training by epochs: sets the net's weights from the training set and
---                                                    -- returns a history (history.note: what a report is to say of it);
---                                                    -- val may be nil; o: {metric =, scaler =, seed =}
---     variant  = function(options) end,              -- makes another of its kind: what transfer.NAME{...} calls
---     text     = "one line for reports",
---   }
---
--- The optimizer is given all parameters; those that are frozen have no gradient and are passed over.
---@param options ecgraft.transfer.strategy.Options
---@return ecgraft.Strategy
function transfer.strategy(options) end

--- Trains `net` on the dataset `set` by a transfer strategy:
--- transfer.fit(net, set, {strategy = "lp_ft", from = pretrained, val = val, epochs = 30, lr = 1e-3, optimizer = "adam"}).
--- The net has a head for the classes of the set. The strategy gives it its first weights from `from`, adapted by the names of the leads
--- where that says what it was trained on (a network or a model file does, a state does not); then it is trained as by eg.fit, with the
--- strategy's groups of parameters, its penalty and what it freezes in each epoch. One that solves for its head (svm_probe) has no epochs:
--- what is said of them has no bearing. Options are those of eg.fit but task, and those above; penalty and before_epoch come on top of the
--- strategy's. Afterwards the same parameters are frozen as before.
--- Returns the history, the share of the net's values that came from `from`, and how many values the net has; nil and a message where the
--- model file cannot be read.
---@param net ecgraft.Module
---@param set ecgraft.Dataset
---@param options ecgraft.transfer.fit.Options
---@return ecgraft.History?
---@return number|string share or a message
---@return integer? values
function transfer.fit(net, set, options) end

--- Whether a value is a strategy.
---@param value any
---@return boolean
function transfer.is_strategy(value) end

--- Copies the pretrained state into the net, all but the head. A body entry that is missing or of another shape is an error: the
--- networks differ. Returns the number of values copied and of all values in the net.
---@param net ecgraft.Module
---@param source table<string, ecgraft.Tensor>
---@return integer copied
---@return integer all
function transfer.load_body(net, source) end

--- The parts of the net from input to head as lists of {name, tensor}; a net without stages() has its top-level modules as parts.
---@param net ecgraft.Module
---@return table[]
function transfer.parts(net) end

--- transfer.adapt_leads(net, state, from, to) --> a state for `net`, whose records have the leads `to`, from that of a net like it which
--- was trained on the leads `from` (lists of names). The weights (outputs, ..., leads) of a lead go with its name; one that `from` lacks
--- gets the mean over all of `from`. So a net with fewer leads begins as the pretrained one sees a record whose other leads are 0. The state
--- itself is returned where the leads are the same. Raises where it is not clear which weights meet the leads: a class of one's own says
--- it by a method input_names(), which returns a list of parameters' names.
---@param net ecgraft.Module
---@param state table<string, ecgraft.Tensor>
---@param from string[]
---@param to string[]
---@return table<string, ecgraft.Tensor>
function transfer.adapt_leads(net, state, from, to) end

---@class ecgraft.measures
local measure = {}

--- Will it transfer? Asked before training, of a pretrained net and a target set.
---
---   measure.logme(net, set)    LogME of the net's features (You et al. 2021). Higher is better
---@param net ecgraft.Module
---@param set ecgraft.Dataset
---@return number
function measure.logme(net, set) end

--- Will it transfer? Asked before training, of a pretrained net and a target set.
---
---   measure.h_score(net, set)  H-score of the features, with shrinkage (Bao et al. 2019; Ibrahim et al. 2021). Higher is better
---@param net ecgraft.Module
---@param set ecgraft.Dataset
---@return number
function measure.h_score(net, set) end

--- Will it transfer? Asked before training, of a pretrained net and a target set.
---
---   measure.leep(net, set)     LEEP of the net's class probabilities (Nguyen et al. 2020), for each target label as present or absent,
---                              averaged over the labels weighted by prevalence. Higher (nearer to 0) is better
---@param net ecgraft.Module
---@param set ecgraft.Dataset
---@return number
function measure.leep(net, set) end

--- Will it transfer? Asked before training, of a pretrained net and a target set.
---
---   measure.melep(net, set)    MELEP, its form for many labels on both sides (Nguyen & Do 2023). Lower is better
---@param net ecgraft.Module
---@param set ecgraft.Dataset
---@return number
function measure.melep(net, set) end

--- Will it transfer? Asked before training, of a pretrained net and a target set.
---
---   measure.cka(net, other, set)  linear CKA of the features of two nets on the same records (Kornblith et al. 2019), 0 .. 1: how
---                              alike they see
---@param net ecgraft.Module
---@param other ecgraft.Module
---@param set ecgraft.Dataset
---@return number
function measure.cka(net, other, set) end

--- Will it transfer? Asked before training, of a pretrained net and a target set.
---
---   measure.all(net, set)      {logme =, h_score =, leep =, melep =}, the last two of a net that was trained on classes
---@param net ecgraft.Module
---@param set ecgraft.Dataset
---@return {logme: number, h_score: number, leep?: number, melep?: number}
function measure.all(net, set) end

return transfer
