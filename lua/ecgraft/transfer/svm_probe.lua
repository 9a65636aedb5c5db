--- The pretrained body stays as it is; the head is a linear support vector machine on its features, a class against the rest, with C and
-- Platt's sigmoids from the validation set (linear_svm.lua). What is left is an ordinary linear head, whose sigmoid is the probability.
-- transfer.svm_probe{C = {0.0001, 0.001, 0.01, 0.1}, loss = "squared_hinge" | "hinge"}
local card = require "ecgraft.train.card"
local linear_svm = require "ecgraft.linear_svm"
local models = require "ecgraft.models"
local nn = require "ecgraft.nn"
local options = require "ecgraft.options"
local strategy = require "ecgraft.transfer.strategy"
local train = require "ecgraft.train"

local fields = {
  C = {type = "number|table"},
  loss = {type = "string", choices = {"squared_hinge", "hinge"}, default = "squared_hinge"},
}

local function now() return require("luv").hrtime() / 1e9 end

local function loss_of(net, features, labels)
  return nn.bce_with_logits(net[net.head_name](features), labels):item()
end

local function solve(net, set, val, o, own)
  local began = now()
  card.write(net, set, card.scaler(o.scaler, set), {classes = set.classes})
  local features, held = train.features(net, set), val and train.features(net, val)
  local C = own.C
  if not val and type(C) ~= "number" then C = nil end
  local svm = linear_svm(features, set.labels, {C = C, loss = own.loss, metric = o.metric, seed = o.seed,
    val = val and {held, val.labels}})
  models.new_head(net, #set.classes, {mlp = 0})
  local weight, bias = svm:layer()
  net[net.head_name]:load_state{weight = weight, bias = bias}
  net:eval()
  local history = train.history.new(o.metric, #set)
  history[1] = {epoch = 1, train_loss = loss_of(net, features, set.labels), val_loss = val and loss_of(net, held, val.labels),
    val_score = svm.score, seconds = now() - began}
  if not svm.converged then history.note = "the support vector machine has not converged" end
  history.best_epoch, history.best_score, history.seconds = 1, svm.score, history[1].seconds
  return history
end

local function make(given)
  local own = options.check("transfer.svm_probe", given, fields, 3)
  return strategy.new{
    name = options.variant_name("svm_probe", fields, own), start = strategy.load_body, variant = make,
    text = "pretrained body frozen, a linear support vector machine on its features",
    solve = function(net, set, val, o) return solve(net, set, val, o, own) end,
  }
end

return make()
