--- Training and prediction: eg.fit, eg.predict, eg.features.
local optimizers = require "ecgraft.train.optimizers"
local prediction = require "ecgraft.train.predict"

return {fit = require "ecgraft.train.fit", predict = prediction.predict, features = prediction.features, optimizer = optimizers.make,
  optimizer_names = optimizers.names, fields = require "ecgraft.train.fields", takes = require "ecgraft.train.takes",
  history = require "ecgraft.train.history"}
