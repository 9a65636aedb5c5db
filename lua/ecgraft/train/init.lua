--- Training and prediction: eg.fit, eg.predict.
local optimizers = require "ecgraft.train.optimizers"

return {fit = require "ecgraft.train.fit", predict = require "ecgraft.train.predict", optimizer = optimizers.make,
  history = require "ecgraft.train.history"}
