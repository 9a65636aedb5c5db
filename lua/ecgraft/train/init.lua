--- Training and prediction: eg.fit, eg.predict, eg.features.
local optimizers = require "ecgraft.train.optimizers"
local prediction = require "ecgraft.train.predict"

return {fit = require "ecgraft.train.fit", predict = prediction.predict, features = prediction.features, optimizer = optimizers.make,
  history = require "ecgraft.train.history"}
