---@meta
-- Written by scripts/annotations.lua from the tables of options. A field with ? may be left out.

--- Options of eg.features.
---@class ecgraft.features.Options
---@field batch? integer records at a time. Default 64
---@field scaler? table how signals are scaled; default the one stored with the net (net.card.scaler), or none
---@field progress? boolean true: a progress line. Default false

--- Options of eg.fit.
---@class ecgraft.fit.Options
---@field task? string|ecgraft.Task a name in eg.tasks.names, or a task (default "classification")
---@field val? ecgraft.Dataset the set on which the best epoch is chosen
---@field epochs? integer times that the whole set is seen (default 30)
---@field batch? integer records a step; the last of an epoch may be smaller (default 64)
---@field seed? integer order of records, dropout, augmentation (default 1)
---@field optimizer? ecgraft.Optimizer|fun(parameters: ecgraft.Tensor[]): ecgraft.Optimizer default Adam, lr 1e-3; or function(parameters) -> optimizer
---@field schedule? "constant"|"cosine"|"one_cycle"|ecgraft.Schedule "constant", "cosine", "one_cycle", or a value of optim.schedule
---@field loss? fun(logits: ecgraft.Tensor, labels: ecgraft.Tensor): ecgraft.Tensor function(logits, labels) -> scalar; default nn.bce_with_logits
---@field penalty? fun(net: ecgraft.Module): ecgraft.Tensor? function(net) -> scalar added to the loss, or nil
---@field clip_norm? number the largest common norm of all gradients
---@field clip_value? number the largest entry of each gradient
---@field scaler? "set"|"lead"|"record"|"minmax"|"none"|boolean|ecgraft.Scaler "set" (default), "lead", "record", "minmax", "none", or a scaler
---@field augment? fun(x: ecgraft.Tensor, y: ecgraft.Tensor): ecgraft.Tensor, ecgraft.Tensor function(x, y) -> x, y, in training only
---@field crop? integer samples of each record that the net sees: a random window, in evaluation the middle one
---@field monitor? string "loss" or a score of the task, whose default it is: "macro_auroc"
---@field patience? integer validations without a better score before it stops
---@field val_steps? integer least steps between two validations, which come at the end of an epoch; the last epoch always has one. 0: every epoch (default 0)
---@field keep? "best"|"last" the net's state at the end; default best where there is val
---@field checkpoint? string a folder: checkpoint.h5 and history.csv
---@field resume? boolean go on from that folder's checkpoint where there is one (default true)
---@field checkpoint_seconds? number least time between two checkpoints (default 10)
---@field adapt_threads? boolean use fewer threads while that is faster, as on a busy machine (default true)
---@field progress? boolean a progress line (default true)
---@field label? string what the line begins with (default "fit")
---@field before_epoch? fun(net: ecgraft.Module, epoch: integer, epochs: integer) function(net, epoch, epochs), epochs being how many there are to be
---@field on_epoch? fun(row: ecgraft.Epoch, net: ecgraft.Module): boolean? function(row, net); returning false stops the training
---@field on_step? fun(seen: integer, total: integer) function(seen, total): records seen in training, of all epochs; once before the first step, then after each

--- Options of eg.linear_svm.
---@class ecgraft.linear_svm.Options
---@field C? number|table the weight of the losses against |w|^2 / 2: a number, or a list to choose from on val (0.1; with val 0.0001, 0.001, 0.01, 0.1)
---@field loss? "squared_hinge"|"hinge" "squared_hinge" or "hinge" (default "squared_hinge")
---@field standardise? boolean each feature to mean 0 and deviation 1 of the training records (true) (default true)
---@field val? table {features, labels} of validation records: C is chosen, and the sigmoids (Platt 1999) are fitted on them; without, the sigmoids are fitted on the training records, and are too sure
---@field metric? string of eg.metrics.evaluate, by which C is chosen ("macro_auroc"); of equal scores the first (default "macro_auroc")
---@field tolerance? number when it is done (1e-2), at most so many passes (1000), the order of records (1) (default 0.01)
---@field passes? integer when it is done (1e-2), at most so many passes (1000), the order of records (1) (default 1000)
---@field seed? integer when it is done (1e-2), at most so many passes (1000), the order of records (1) (default 1)

--- Options of eg.memory.
---@class ecgraft.memory.Options
---@field reset_peak? boolean a new peak begins
---@field trim? boolean what is kept for reuse goes back to the system

--- Options of eg.predict.
---@class ecgraft.predict.Options
---@field batch? integer records at a time. Default 64
---@field activation? "sigmoid"|"softmax"|"none" "sigmoid" (several classes may hold), "softmax" (one of K), "none" (logits); default what the task that the net was trained on makes of its outputs: "sigmoid" of classes; of the task intervals the values in their units
---@field task? ecgraft.Task the task that the net was trained on, where it is one of your own
---@field scaler? table how signals are scaled; default the one stored with the net (net.card.scaler), or none
---@field progress? boolean true: a progress line. Default false

--- Options of eg.save.
---@class ecgraft.save.Options
---@field dtype? "float32"|"float64"|"int8"|"int16"|"int32"|"int64"|"uint8"

--- Options of eg.study.
---@class ecgraft.study.Options
---@field name string of the study: its folder, its report
---@field upstream? table<string, any> sets by name, on which networks are pretrained (default {})
---@field downstream table<string, any> sets by name, on which arms are compared
---@field networks (string|table)[] names of eg.models, or {name, options ...}
---@field strategies? (string|ecgraft.Strategy)[] names of eg.transfer, or strategies; default scratch and finetune
---@field sizes? (integer|"all")[] numbers of training records, and "all" (default {"all"})
---@field seeds? integer[] a run each (default {1, 2, 3, 4, 5, 6})
---@field protocol? "strict"|"paper" how parts, epochs and thresholds are chosen (default "strict")
---@field metric? string of eg.metrics.evaluate, by which epochs are chosen and arms compared
---@field compare_with? string the folder of this study under the other protocol
---@field split? table train, val, test (shares), by, seed; default .7, .1, .2 by patient
---@field tune? boolean|table learning rates to choose from on validation; true: lr, lr / 3, lr / 10
---@field train? table epochs, batch, lr, optimizer, schedule ...: ORDER TRAIN (default {})
---@field pretrain? table what differs upstream (default {})
---@field examples? boolean keep and show test records with what the network saw (default true)
---@field resamples? integer of the intervals (default 2000)
---@field confidence? number of the intervals (default 0.95)

--- Options of eg.nn.AvgPool1d.
---@class ecgraft.nn.AvgPool1d.Options
---@field count_padding? boolean (default true)
---@field padding? integer (default 0)
---@field stride? integer

--- Options of eg.nn.BatchNorm1d.
---@class ecgraft.nn.BatchNorm1d.Options
---@field momentum? number the share of the batch in the running statistics (default 0.1)
---@field eps? number (default 1e-05)

--- Options of eg.nn.Conv1d.
---@class ecgraft.nn.Conv1d.Options
---@field stride? integer samples from one output to the next (default 1)
---@field padding? integer|string zeros at each end; "same" keeps the length (default 0)
---@field dilation? integer samples from one tap to the next (default 1)
---@field groups? integer channels are cut into so many separate convolutions (default 1)
---@field bias? boolean whether a constant is added to each output (default true)

--- Options of eg.nn.GRU.
---@class ecgraft.nn.GRU.Options
---@field layers? integer (default 1)
---@field bidirectional? boolean also from the last sample to the first (default false)
---@field dropout? number between layers (default 0)
---@field recompute? boolean computes the gates again in backward (default false)

--- Options of eg.nn.LSTM.
---@class ecgraft.nn.LSTM.Options
---@field layers? integer (default 1)
---@field bidirectional? boolean also from the last sample to the first (default false)
---@field dropout? number between layers (default 0)
---@field recompute? boolean computes the gates again in backward (default false)

--- Options of eg.nn.Linear.
---@class ecgraft.nn.Linear.Options
---@field bias? boolean (default true)

--- Options of eg.nn.MaxPool1d.
---@class ecgraft.nn.MaxPool1d.Options
---@field padding? integer (default 0)
---@field stride? integer

--- Options of eg.nn.Residual.
---@class ecgraft.nn.Residual.Options
---@field relu? boolean (default true)

--- Options of eg.nn.bce_with_logits.
---@class ecgraft.nn.bce_with_logits.Options
---@field reduction? "mean"|"sum"|"none" of the terms of all records and classes (default "mean")
---@field pos_weight? ecgraft.Tensor (K): the weight of a class's positive records
---@field weight? ecgraft.Tensor (K), or (N, K): the weight of each term

--- Options of eg.nn.cross_entropy.
---@class ecgraft.nn.cross_entropy.Options
---@field reduction? "mean"|"sum"|"none" of the terms of all records and classes (default "mean")
---@field weight? ecgraft.Tensor (K): the weight of each class
---@field label_smoothing? number share of a target that goes to all classes alike (default 0)

--- Options of eg.nn.mse.
---@class ecgraft.nn.mse.Options
---@field reduction? "mean"|"sum"|"none" of the terms of all entries (default "mean")

--- Options of eg.nn.init.kaiming_normal.
---@class ecgraft.nn.init.kaiming_normal.Options
---@field mode? "fan_in"|"fan_out" (default "fan_in")
---@field gain? number (default 1.4142135623731)

--- Options of eg.nn.init.kaiming_uniform.
---@class ecgraft.nn.init.kaiming_uniform.Options
---@field mode? "fan_in"|"fan_out" (default "fan_in")
---@field gain? number (default 1.4142135623731)

--- Options of eg.nn.init.xavier_uniform.
---@class ecgraft.nn.init.xavier_uniform.Options
---@field gain? number (default 1)

--- Options of eg.optim.Adam.
---@class ecgraft.optim.Adam.Options
---@field lr? number step size (default 0.001)
---@field betas? number[] decay of the gradient's mean; decay of the mean of its square (default {0.9, 0.999})
---@field eps? number added to the root of that (default 1e-08)
---@field weight_decay? number factor of the parameter that is added to its gradient (default 0)

--- Options of eg.optim.AdamW.
---@class ecgraft.optim.AdamW.Options
---@field lr? number step size (default 0.001)
---@field betas? number[] decay of the gradient's mean; decay of the mean of its square (default {0.9, 0.999})
---@field eps? number added to the root of that (default 1e-08)
---@field weight_decay? number the parameter shrinks by lr times this, apart from the step (default 0.01)

--- Options of eg.optim.RMSprop.
---@class ecgraft.optim.RMSprop.Options
---@field lr? number step size (default 0.01)
---@field alpha? number decay of the mean of the gradient's square (default 0.99)
---@field eps? number added to the root of that (default 1e-08)
---@field weight_decay? number factor of the parameter that is added to its gradient (default 0)
---@field momentum? number share of the last step that is kept (default 0)
---@field centered? boolean take the gradient's mean out of its square (default false)

--- Options of eg.optim.SGD.
---@class ecgraft.optim.SGD.Options
---@field lr? number step size (default 0.001)
---@field momentum? number share of the last step that is kept (default 0)
---@field dampening? number share of the gradient that does not enter the momentum (default 0)
---@field weight_decay? number factor of the parameter that is added to its gradient (default 0)
---@field nesterov? boolean look ahead by the momentum; needs momentum > 0 and dampening 0 (default false)

--- Options of eg.optim.schedule.cosine.
---@class ecgraft.schedules.cosine.Options
---@field min_lr? number no learning rate is lowered beyond it (default 0)
---@field steps? integer
---@field unit? "step"|"epoch" (default "step")

--- Options of eg.optim.schedule.custom.
---@class ecgraft.schedules.custom.Options
---@field unit? "step"|"epoch" (default "step")

--- Options of eg.optim.schedule.one_cycle.
---@class ecgraft.schedules.one_cycle.Options
---@field anneal? "cos"|"linear" the shape of both ways (default "cos")
---@field base_momentum? number momentum where the learning rate is highest (default 0.85)
---@field cycle_momentum? boolean momentum, or Adam's first beta, goes the other way (default true)
---@field div_factor? number begins at max_lr / div_factor (default 25)
---@field final_div_factor? number ends at that / final_div_factor (default 10000)
---@field max_lr? number default: the group's own learning rate
---@field max_momentum? number momentum at the ends (default 0.95)
---@field pct_start? number share of the steps on the way up (default 0.3)
---@field steps? integer
---@field unit? "step"|"epoch" (default "step")

--- Options of eg.optim.schedule.plateau.
---@class ecgraft.schedules.plateau.Options
---@field cooldown? integer observations after a change that do not count (default 0)
---@field eps? number smaller changes are not made (default 1e-08)
---@field factor? number (default 0.1)
---@field min_lr? number no learning rate is lowered beyond it (default 0)
---@field mode? "min"|"max" default: as whoever calls observe says
---@field patience? integer observations without a better score before it acts (default 10)
---@field threshold? number a score is better only by more than this (default 0.0001)
---@field threshold_mode? "rel"|"abs" of the best score, or as it is (default "rel")
---@field unit? "step"|"epoch" (default "step")

--- Options of eg.optim.schedule.step.
---@class ecgraft.schedules.step.Options
---@field every integer
---@field gamma? number (default 0.1)
---@field unit? "step"|"epoch" (default "step")

--- Options of eg.optim.schedule.warmup.
---@class ecgraft.schedules.warmup.Options
---@field after? ecgraft.Schedule the schedule from step `steps` on
---@field start? number the factor at step 0 (default 1/3)
---@field steps integer
---@field unit? "step"|"epoch" (default "step")

--- Options of eg.models.bilstm.
---@class ecgraft.models.bilstm.Options
---@field leads? integer of the signals (default 12)
---@field classes? integer a logit each (default 5)
---@field length? integer samples a record, for the head "flatten" alone (default 1000)
---@field hidden? integer units of a direction (default 100)
---@field layers? integer one on the other (default 1)
---@field dropout? number between layers (default 0)
---@field head? "flatten"|"mean"|"max"|"last"|"attention" of the outputs over time (default "flatten")
---@field recompute? boolean computes the gates again in backward: less memory, more time (default false)
---@field mlp? integer units of a hidden layer; 0, the default: none, the head is linear
---@field mlp_dropout? number behind the hidden layer's ReLU (0) (default 0)

--- Options of eg.models.gru.
---@class ecgraft.models.gru.Options
---@field leads? integer of the signals (default 12)
---@field classes? integer a logit each (default 5)
---@field length? integer samples a record, for the head "flatten" alone (default 1000)
---@field hidden? integer units of a direction (default 100)
---@field layers? integer one on the other (default 1)
---@field bidirectional? boolean also from the last sample to the first (default false)
---@field dropout? number between layers (default 0)
---@field head? "flatten"|"mean"|"max"|"last"|"attention" of the outputs over time (default "flatten")
---@field recompute? boolean computes the gates again in backward: less memory, more time (default false)
---@field mlp? integer units of a hidden layer; 0, the default: none, the head is linear
---@field mlp_dropout? number behind the hidden layer's ReLU (0) (default 0)

--- Options of eg.models.load_safetensors.
---@class ecgraft.models.load_safetensors.Options
---@field strict? boolean false: names that are missing on either side are passed over (default true)
---@field names? table|function what names of the file are called here

--- Options of eg.models.load_weights.
---@class ecgraft.models.load_weights.Options
---@field strict? boolean false: names that are missing on either side are passed over (default true)
---@field names? table|function what names of the file are called here

--- Options of eg.models.lstm.
---@class ecgraft.models.lstm.Options
---@field leads? integer of the signals (default 12)
---@field classes? integer a logit each (default 5)
---@field length? integer samples a record, for the head "flatten" alone (default 1000)
---@field hidden? integer units of a direction (default 100)
---@field layers? integer one on the other (default 1)
---@field bidirectional? boolean also from the last sample to the first (default false)
---@field dropout? number between layers (default 0)
---@field head? "flatten"|"mean"|"max"|"last"|"attention" of the outputs over time (default "flatten")
---@field recompute? boolean computes the gates again in backward: less memory, more time (default false)
---@field mlp? integer units of a hidden layer; 0, the default: none, the head is linear
---@field mlp_dropout? number behind the hidden layer's ReLU (0) (default 0)

--- Options of eg.models.new_head.
---@class ecgraft.models.new_head.Options
---@field mlp? integer units of a hidden layer; 0, the default: none, the head is linear
---@field mlp_dropout? number behind the hidden layer's ReLU (0) (default 0)

--- Options of eg.models.resnet1d101.
---@class ecgraft.models.resnet1d101.Options
---@field leads? integer of the signals (default 12)
---@field classes? integer a logit each (default 5)
---@field width? integer channels of the first stage (default 64)
---@field hidden? integer units of fc1 (default 512)
---@field mlp? integer units of a hidden layer; 0, the default: none, the head is linear
---@field mlp_dropout? number behind the hidden layer's ReLU (0) (default 0)

--- Options of eg.models.resnet1d18.
---@class ecgraft.models.resnet1d18.Options
---@field leads? integer of the signals (default 12)
---@field classes? integer a logit each (default 5)
---@field width? integer channels of the first stage (default 64)
---@field hidden? integer units of fc1 (default 512)
---@field mlp? integer units of a hidden layer; 0, the default: none, the head is linear
---@field mlp_dropout? number behind the hidden layer's ReLU (0) (default 0)

--- Options of eg.models.resnet1d50.
---@class ecgraft.models.resnet1d50.Options
---@field leads? integer of the signals (default 12)
---@field classes? integer a logit each (default 5)
---@field width? integer channels of the first stage (default 64)
---@field hidden? integer units of fc1 (default 512)
---@field mlp? integer units of a hidden layer; 0, the default: none, the head is linear
---@field mlp_dropout? number behind the hidden layer's ReLU (0) (default 0)

--- Options of eg.models.save_safetensors.
---@class ecgraft.models.save_safetensors.Options
---@field metadata? table names and texts that the file keeps (default {})

--- Options of eg.data.augment.
---@class ecgraft.data.augment.Options
---@field scale? table each record times a factor drawn log-uniformly from this range
---@field noise? number white noise of this deviation, in the units of the batch (after scaling: deviations)
---@field wander? number baseline wander: a sine of 0.05 to 0.5 Hz of at most this amplitude, another for each lead
---@field lead_dropout? number each lead is 0 with this probability; at least one stays
---@field shift? integer moved by up to so many samples either way; what is left open is 0
---@field mixup? number Zhang et al. 2018: records and labels mixed with others, share from Beta(0.2, 0.2)
---@field rate? number samples a second, for wander

--- Options of eg.data.challenge.
---@class ecgraft.data.challenge.Options
---@field path string
---@field classes? table
---@field unlabelled? "keep"|"drop" records of none of the classes (default "keep")
---@field source? string
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.chapman.
---@class ecgraft.data.chapman.Options
---@field classes? table (default {"AF", "AFL", "IAVB", "LAD", "LBBB", "LQRSV", "NSIVCB", "NSR", "PAC", "LPR", "LQT", "QAb", "RAD", "RBBB", "SB", "STach", "TAb", "TInv", "VPB"})
---@field unlabelled? "keep"|"drop" (default "keep")
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.check_parts.
---@class ecgraft.data.check_parts.Options
---@field by? "patient"|"record" (default "patient")

--- Options of eg.data.code.
---@class ecgraft.data.code.Options
---@field short? "drop"|"pad" "pad" here: half of the exams last 7 s; "drop" (default "pad")
---@field padding? "cut"|"keep" "cut": zeros at both ends are found and cut off; "keep": the middle `seconds` of the 4096 samples (Nguyen & Do 2025) (default "cut")
---@field millivolts? number mV in one stored unit (1) (default 1)
---@field annotator? string test set: the file of annotations/, "gold_standard", "cardiologist1", ... (default "gold_standard")
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.cpsc2018.
---@class ecgraft.data.cpsc2018.Options
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.dataset.
---@class ecgraft.data.dataset.Options
---@field signals ecgraft.Tensor|table tensor (N, L, leads)
---@field labels ecgraft.Tensor tensor (N, K) of 0 and 1
---@field classes table K names
---@field records string[] N ids, each once
---@field patients? table N ids: records of one patient share one
---@field leads? string[] names of the columns (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field rate number samples a second
---@field units? string "mV", or "scaled" once a scaler was applied (default "mV")
---@field source? string where the records come from (default "unnamed")
---@field fold? table N fold numbers, where the set has them
---@field ages? (number|false)[] N entries, false where not known, where the set has them
---@field sexes? (string|false)[] N entries, false where not known, where the set has them
---@field skipped? table what was left out: {{record =, reason =}, ...}
---@field notes? table what was repaired or assumed, in words
---@field scaler? ecgraft.Scaler the one that was applied
---@field truth? table N tables of what is known of each record, where the set has them: heart_rate (a minute), pr, qrs, qt (ms) ...

--- Options of eg.data.from_hdf5.
---@class ecgraft.data.from_hdf5.Options
---@field path string
---@field signals? string the array (N, samples, leads) or (N, leads, samples) (default "signals")
---@field labels? string the array (N, K) of 0 and 1, or (N) of numbers of classes, from 0 (default "labels")
---@field classes? table their names; by default the attribute "classes" of the labels or the file, else class1, class2, ...
---@field records? string arrays of N ids or numbers, where the file has them
---@field patients? string arrays of N ids or numbers, where the file has them
---@field fold? string arrays of N ids or numbers, where the file has them
---@field columns? table
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field file_rate? number samples a second in the file; must be given
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field source? string
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field units? string|number (default "mV")
---@field unlabelled? "keep"|"drop" (default "keep")
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.from_reader.
---@class ecgraft.data.from_reader.Options
---@field classes? table
---@field columns? table
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field file_rate? number
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field source? string
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field units? string|number (default "mV")
---@field unlabelled? "keep"|"drop" (default "keep")
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.from_table.
---@class ecgraft.data.from_table.Options
---@field csv string the table, with a line of column names
---@field root? string the folder that files are in (the table's own)
---@field path_column? string the column with each recording's file; or path = function(row) return name end, row being keyed by column
---@field path? function
---@field label_columns table columns with 0, 1, true or false: they are the classes
---@field id_column? string where the table has them; ids are file names by default
---@field patient_column? string where the table has them; ids are file names by default
---@field age_column? string where the table has them; ids are file names by default
---@field sex_column? string where the table has them; ids are file names by default
---@field fold_column? string where the table has them; ids are file names by default
---@field rate_column? string samples a second of each file; file_rate where all have the same. WFDB files say it themselves
---@field truth_columns? table {heart_rate = column, qt = column, ...}: measured values, for set.truth; text that is no number counts as not known
---@field signals? string the name of the array in an HDF5 file ("signals") (default "signals")
---@field columns? table
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field file_rate? number
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field source? string
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field units? string|number (default "mV")
---@field unlabelled? "keep"|"drop" (default "keep")
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.georgia.
---@class ecgraft.data.georgia.Options
---@field classes? table (default {{"NORM", "426783006"}, {"AF", "164889003"}, {"IAVB", "270492004"}, {"SB", "426177001"}, {"LAD", "39732003"}, {"STach", "427084000"}, {"TAb", "164934002"}, {"TInv", "59931005"}, {"LQT", "111975006"}, {"PAC", "284470004"}})
---@field unlabelled? "keep"|"drop" (default "keep")
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.ningbo.
---@class ecgraft.data.ningbo.Options
---@field classes? table (default {"AFL", "BBB", "Brady", "IAVB", "IRBBB", "LAD", "LAnFB", "LBBB", "LQRSV", "NSIVCB", "NSR", "PAC", "PR", "PRWP", "PVC", "LPR", "LQT", "QAb", "RAD", "RBBB", "SA", "SB", "STach", "TAb", "TInv"})
---@field unlabelled? "keep"|"drop" (default "keep")
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.open.
---@class ecgraft.data.open.Options
---@field stream? boolean leave the signals in the file (default false)

--- Options of eg.data.ptb.
---@class ecgraft.data.ptb.Options
---@field unlabelled? "keep"|"drop" "keep" records with another diagnosis (their labels are 0), or "drop" them (default "keep")
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.ptbxl.
---@class ecgraft.data.ptbxl.Options
---@field labels? "superclass"|"subclass"|"diagnostic"|"form"|"rhythm"|"all" "superclass" (NORM MI STTC HYP CD), "subclass", "diagnostic", "form", "rhythm", "all" (71 statements) (default "superclass")
---@field unlabelled? "keep"|"drop" "drop" records with no statement of that kind, or "keep" them (default "drop")
---@field folds? table a list of folds to read, as in {1, 2, 3}; all where it is left out
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.read_annotations.
---@class ecgraft.data.read_annotations.Options
---@field rate? number samples a second of the record, where the files do not say it

--- Options of eg.data.read_record.
---@class ecgraft.data.read_record.Options
---@field verify? boolean whether checksums that disagree with the header are an error (default true)

--- Options of eg.data.sph.
---@class ecgraft.data.sph.Options
---@field classes? table {NORM = 1, AF = {50, 51}} (AHA codes; names sorted) or {{"NORM", 1}, ...}; by default each statement that occurs
---@field unlabelled? "keep"|"drop" "keep" records with none of the classes, or "drop" them (default "keep")
---@field edges? "zero"|"hold" what resampling takes to be beyond the ends: "zero" or "hold" (default "zero")
---@field leads? string[] names of the columns (the standard 12), found by name in each record (default {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"})
---@field limit? integer the first so many records only
---@field longest_gap? number seconds: missing samples are interpolated in gaps up to this; a longer one makes a record damaged (1) (default 1)
---@field method? "resample"|"decimate" "resample" (anti-aliased) or "decimate" (every nth sample, as Nguyen & Do 2025) (default "resample")
---@field prepared? table "FILE.h5" or a table: see prepare.lua, which makes of it what the reading goes through
---@field rate? number samples a second of the result (100) (default 100)
---@field saturated? "keep"|"repair" "keep" what was cut off at an end of the range, or "repair" it in runs up to longest_gap: csrc/ecg/saturation.c (default "keep")
---@field seconds? number length of each record: its first seconds (10) (default 10)
---@field short? "drop"|"pad" what becomes of records shorter than `seconds`: "drop" or "pad" (zeros behind) (default "drop")
---@field strict? boolean true: a damaged record is an error; false: it is left out, counted and listed (default false)
---@field verify? boolean whether a sample checksum that disagrees with its header makes a record damaged (true) (default true)

--- Options of eg.data.synthetic.
---@class ecgraft.data.synthetic.Options
---@field records? integer how many (1000), how long (10), samples a second (100), and which (1) (default 1000)
---@field classes? table any of NORM SB STach AF IAVB LBBB RBBB PAC PVC (or VEB) LVH LAD STE STD MI TAb TInv LQT; by default hospital A has CPSC2018's nine and hospital B Georgia's ten
---@field hospital? string|table "A", "B", or a table: name (required), like = "A" | "B", and what differs from that: classes, prevalence, several, severity (0 to 1), heart_rate (a minute), gain, gain_spread, electrode, wander, hum, muscle (RMS, mV), noise_spread, hum_frequency (Hz), artefact (share of records), bandwidth (Hz); see ecgraft/synth.h (default "A")
---@field rate? number how many (1000), how long (10), samples a second (100), and which (1) (default 100)
---@field seconds? number how many (1000), how long (10), samples a second (100), and which (1) (default 10)
---@field seed? integer how many (1000), how long (10), samples a second (100), and which (1) (default 1)
---@field prevalence? table {AF = .3, ...}: relative weights that replace the hospital's
---@field several? boolean|number probability of a further finding in a record, or false for one at most
---@field repeats? number share of patients with two or three records, which all show the same findings (0.2) (default 0.2)
---@field noise? number factor on everything that is not heart (1); 0 for none (default 1)
---@field clean? boolean true: the heart through Dower's leads, with neither noise nor variation of gain and electrodes (default false)

--- Options of eg.data.write_layout.
---@class ecgraft.data.write_layout.Options
---@field layout "ptbxl"|"challenge"|"ptb"|"code"

--- Options of eg.data.filters.bandpass.
---@class ecgraft.filters.bandpass.Options
---@field high? number (default 40)
---@field low? number (default 0.5)
---@field order? integer (default 2)
---@field rate? number

--- Options of eg.data.filters.bandstop.
---@class ecgraft.filters.bandstop.Options
---@field high number
---@field low number
---@field order? integer (default 2)
---@field rate? number

--- Options of eg.data.filters.baseline.
---@class ecgraft.filters.baseline.Options
---@field cutoff? number Hz (default 0.5)
---@field rate? number

--- Options of eg.data.filters.highpass.
---@class ecgraft.filters.highpass.Options
---@field low number
---@field order? integer (default 2)
---@field rate? number

--- Options of eg.data.filters.lowpass.
---@class ecgraft.filters.lowpass.Options
---@field high number
---@field order? integer (default 2)
---@field rate? number

--- Options of eg.data.filters.notch.
---@class ecgraft.filters.notch.Options
---@field frequency? number Hz (default 50)
---@field q? number frequency over bandwidth (default 30)
---@field rate? number

--- Options of eg.data.scaler.fit.
---@class ecgraft.scalers.fit.Options
---@field kind? "set"|"lead"|"record"|"minmax" (default "set")

--- Options of eg.data.scaler.new.
---@class ecgraft.scalers.new.Options
---@field kind? "set"|"lead"|"record"|"minmax" (default "set")
---@field mean? number|table
---@field deviation? number|table

--- Options of eg.tasks.intervals.
---@class ecgraft.tasks.intervals.Options
---@field targets? table (default {"heart_rate", "pr", "qrs", "qt"})

--- Options of eg.tasks.reconstruction.
---@class ecgraft.tasks.reconstruction.Options
---@field mask? number share of a record that is hidden (set to 0, the mean), in all leads at the same time: leads tell of each other (default 0.5)
---@field block? number length of a hidden piece, in seconds (default 0.2)
---@field noise? number deviation of the normal noise that is added to all samples, in units of the scaled signal (default 0)

--- Options of eg.tasks.task.
---@class ecgraft.tasks.task.Options
---@field name string letters, digits, '.', '-' and '_': it names runs of a study
---@field text? string (default "")
---@field monitor string the validation score by which the best epoch is chosen
---@field lower? function whether a score of that name is better when lower ("loss" always is)
---@field begin function makes a job: one training of a net on a set; loss and crop: fit's options, or nil
---@field values? function what eg.predict makes of the net's outputs; card: job.card.task. Without: nothing
---@field variant? function makes another of its kind: what tasks.NAME{...} calls

--- Options of eg.transfer.discriminative.
---@class ecgraft.transfer.discriminative.Options
---@field factor? number (default 2.6)

--- Options of eg.transfer.finetune.
---@class ecgraft.transfer.finetune.Options
---@field mlp? integer
---@field mlp_dropout? number

--- Options of eg.transfer.fit.
---@class ecgraft.transfer.fit.Options
---@field strategy string|ecgraft.Strategy a name in eg.transfer.names, or a strategy
---@field from? string|ecgraft.Module|table<string, ecgraft.Tensor> where the first weights come from: a network, a state, or the path of a model file; a strategy that begins at random does not read it
---@field optimizer? "adam"|"adamw"|"sgd"|"rmsprop"|fun(groups: table[]): ecgraft.Optimizer "adam", "adamw", "sgd", "rmsprop", or function(groups) -> optimizer (default "adam")
---@field lr? number the learning rate, from which a strategy makes those of its groups (default 0.001)
---@field weight_decay? number default the optimizer's own
---@field momentum? number default the optimizer's own
---@field adapt_threads? boolean use fewer threads while that is faster, as on a busy machine (default true)
---@field augment? fun(x: ecgraft.Tensor, y: ecgraft.Tensor): ecgraft.Tensor, ecgraft.Tensor function(x, y) -> x, y, in training only
---@field batch? integer records a step; the last of an epoch may be smaller (default 64)
---@field before_epoch? fun(net: ecgraft.Module, epoch: integer, epochs: integer) function(net, epoch, epochs), epochs being how many there are to be
---@field checkpoint? string a folder: checkpoint.h5 and history.csv
---@field checkpoint_seconds? number least time between two checkpoints (default 10)
---@field clip_norm? number the largest common norm of all gradients
---@field clip_value? number the largest entry of each gradient
---@field crop? integer samples of each record that the net sees: a random window, in evaluation the middle one
---@field epochs? integer times that the whole set is seen (default 30)
---@field keep? "best"|"last" the net's state at the end; default best where there is val
---@field label? string what the line begins with (default "fit")
---@field loss? fun(logits: ecgraft.Tensor, labels: ecgraft.Tensor): ecgraft.Tensor function(logits, labels) -> scalar; default nn.bce_with_logits
---@field monitor? string "loss" or a score of the task, whose default it is: "macro_auroc"
---@field on_epoch? fun(row: ecgraft.Epoch, net: ecgraft.Module): boolean? function(row, net); returning false stops the training
---@field on_step? function function(seen, total): records seen in training, of all epochs; once before the first step, then after each
---@field patience? integer validations without a better score before it stops
---@field penalty? fun(net: ecgraft.Module): ecgraft.Tensor? function(net) -> scalar added to the loss, or nil
---@field progress? boolean a progress line (default true)
---@field resume? boolean go on from that folder's checkpoint where there is one (default true)
---@field scaler? "set"|"lead"|"record"|"minmax"|"none"|boolean|ecgraft.Scaler "set" (default), "lead", "record", "minmax", "none", or a scaler
---@field schedule? "constant"|"cosine"|"one_cycle"|ecgraft.Schedule "constant", "cosine", "one_cycle", or a value of optim.schedule
---@field seed? integer order of records, dropout, augmentation (default 1)
---@field val? ecgraft.Dataset the set on which the best epoch is chosen
---@field val_steps? integer least steps between two validations, which come at the end of an epoch; the last epoch always has one. 0: every epoch (default 0)

--- Options of eg.transfer.gradual.
---@class ecgraft.transfer.gradual.Options
---@field every? integer

--- Options of eg.transfer.l2_sp.
---@class ecgraft.transfer.l2_sp.Options
---@field body? number (default 0.01)
---@field head? number (default 0.01)

--- Options of eg.transfer.linear_probe.
---@class ecgraft.transfer.linear_probe.Options
---@field mlp? integer
---@field mlp_dropout? number

--- Options of eg.transfer.lp_ft.
---@class ecgraft.transfer.lp_ft.Options
---@field probe? number (default 0.5)

--- Options of eg.transfer.partial.
---@class ecgraft.transfer.partial.Options
---@field stages? integer (default 2)

--- Options of eg.transfer.strategy.
---@class ecgraft.transfer.strategy.Options
---@field name string
---@field text? string (default "")
---@field source? boolean whether it starts from a pretrained network (default true)
---@field start? function gives the net its first weights; source: the pretrained state, name -> tensor; o: {seed =}. Returns how many values came from there, and how many there are
---@field groups? function parameter groups {{params =, lr =}, ...}; default: one group of all
---@field on_epoch? function before each epoch (from 1): freezes and unfreezes, by its arguments only
---@field penalty? function a scalar added to the loss, or nil
---@field solve? function instead of training by epochs: sets the net's weights from the training set and returns a history (history.note: what a report is to say of it); val may be nil; o: {metric =, scaler =, seed =}
---@field variant? function makes another of its kind: what transfer.NAME{...} calls

--- Options of eg.transfer.svm_probe.
---@class ecgraft.transfer.svm_probe.Options
---@field C? number|table
---@field loss? "squared_hinge"|"hinge" (default "squared_hinge")

--- Options of eg.metrics.bootstrap.
---@class ecgraft.metrics.bootstrap.Options
---@field statistics? table|string "macro_auroc", any other macro_METRIC, "weighted_f1", "micro_f1", "fmax", "auroc:AF" (default {"macro_auroc"})
---@field resamples? integer how many times records are drawn (default 1000)
---@field confidence? number of the intervals, between 0 and 1 (default 0.95)
---@field seed? integer the same seed gives the same numbers for any number of threads (default 1)
---@field stratified? boolean true: resample within records of equal labels, so that every class keeps its number of records. Otherwise a resample in which a class that has records of both sides loses one is drawn again (result.redrawn counts them) (default false)
---@field groups? table N ids (set.patients): whole groups are drawn, because records of a patient are not independent
---@field classes? table
---@field thresholds? number|table|ecgraft.Tensor (default 0.5)

--- Options of eg.metrics.calibration.
---@class ecgraft.metrics.calibration.Options
---@field classes? table
---@field class? string|integer
---@field bins? integer (default 10)

--- Options of eg.metrics.compare.
---@class ecgraft.metrics.compare.Options
---@field statistics? table|string "macro_auroc", any other macro_METRIC, "weighted_f1", "micro_f1", "fmax", "auroc:AF" (default {"macro_auroc"})
---@field resamples? integer how many times records are drawn (default 1000)
---@field confidence? number of the intervals, between 0 and 1 (default 0.95)
---@field seed? integer the same seed gives the same numbers for any number of threads (default 1)
---@field stratified? boolean true: resample within records of equal labels, so that every class keeps its number of records. Otherwise a resample in which a class that has records of both sides loses one is drawn again (result.redrawn counts them) (default false)
---@field groups? table N ids (set.patients): whole groups are drawn, because records of a patient are not independent
---@field classes? table
---@field thresholds? number|table|ecgraft.Tensor (default 0.5)

--- Options of eg.metrics.confusion.
---@class ecgraft.metrics.confusion.Options
---@field thresholds? number|table|ecgraft.Tensor (default 0.5)
---@field classes? table

--- Options of eg.metrics.evaluate.
---@class ecgraft.metrics.evaluate.Options
---@field thresholds? number|table|ecgraft.Tensor a record is positive where its score >= the threshold: a number for all (default 0.5), a list of K, a tensor (K), or a table by class name
---@field classes? table names of the K classes; default "1", "2", ...

--- Options of eg.metrics.fit_temperatures.
---@class ecgraft.metrics.fit_temperatures.Options
---@field classes? table
---@field fewest? integer (default 5)

--- Options of eg.metrics.mcnemar.
---@class ecgraft.metrics.mcnemar.Options
---@field second_thresholds? number|table|ecgraft.Tensor
---@field classes? table
---@field thresholds? number|table|ecgraft.Tensor (default 0.5)

--- Options of eg.metrics.precision_recall_curve.
---@class ecgraft.metrics.precision_recall_curve.Options
---@field classes? table
---@field class? string|integer

--- Options of eg.metrics.roc_curve.
---@class ecgraft.metrics.roc_curve.Options
---@field classes? table
---@field class? string|integer

--- Options of eg.metrics.tune_thresholds.
---@class ecgraft.metrics.tune_thresholds.Options
---@field classes? table

--- Options of eg.stats.effective_size.
---@class ecgraft.stats.effective_size.Options
---@field scratch table
---@field pretrained table
---@field confidence? number (default 0.95)
---@field resamples? integer (default 1000)
---@field seed? integer (default 1)
---@field a_most? number (default 1)
---@field c_high? number (default 4)
---@field c_low? number (default 0.02)
---@field huber? number (default 1.345)

--- Options of eg.stats.fit_curve.
---@class ecgraft.stats.fit_curve.Options
---@field a_most? number (default 1)
---@field c_low? number (default 0.02)
---@field c_high? number (default 4)
---@field huber? number (default 1.345)

--- Options of eg.stats.gain.
---@class ecgraft.stats.gain.Options
---@field confidence? number (default 0.95)
---@field method? "t"|"bootstrap" (default "t")
---@field resamples? integer (default 10000)
---@field seed? integer (default 1)

--- Options of eg.stats.lack_of_fit.
---@class ecgraft.stats.lack_of_fit.Options
---@field a_most? number (default 1)
---@field c_low? number (default 0.02)
---@field c_high? number (default 4)

--- Options of eg.stats.mean_interval.
---@class ecgraft.stats.mean_interval.Options
---@field confidence? number (default 0.95)
---@field method? "t"|"bootstrap" (default "t")
---@field resamples? integer (default 10000)
---@field seed? integer (default 1)

--- Options of eg.stats.sign_flip.
---@class ecgraft.stats.sign_flip.Options
---@field draws? integer (default 100000)
---@field seed? integer (default 1)

--- Options of eg.explain.record.
---@class ecgraft.explain.record.Options
---@field class? string|integer a name or a place; default: the class with the highest probability
---@field method? "auto"|"gradcam"|"gradient" over time: "gradcam", "gradient", or "auto" (default): the first where the net has maps(x) and classify(maps)
---@field scaler? ecgraft.Scaler default the net's own

--- Options of eg.export.onnx.
---@class ecgraft.export.onnx.Options
---@field scaler? "auto"|"inside"|"outside" "auto" (default): a scaler of the kinds "set" and "lead", which are affine, goes into the graph, which then takes signals in the card's units; the others stay outside, and the graph takes scaled signals. "inside", "outside": in any case
---@field sigmoid? boolean true: probabilities instead of logits. Default false
---@field length? integer samples a record. Default: any number, unless a layer flattens; then what the network or its card says
---@field leads? integer where no layer says how many

--- Options of eg.plot.bars.
---@class ecgraft.plot.bars.Options
---@field categories table names
---@field series table {{name =, values =, low =, high =, style =}, ...}: a number for each category (a list or a tensor), NaN for none; intervals where given
---@field value? table the axis of values; see plot/scale.lua (linear; holds 0) (default {})
---@field horizontal? boolean bars across, for long names (default false)
---@field show_values? boolean (default true)
---@field height? number
---@field desc? string (default "")
---@field subtitle? string (default "")
---@field title? string (default "")
---@field width? number (default 560)

--- Options of eg.plot.dots.
---@class ecgraft.plot.dots.Options
---@field rows table {{label =, values = {...}, mean =, low =, high =, group =, style =}, ...}; where they are not given, the mean is that of the values, and the interval reaches from the lowest to the highest. Rows that follow each other with the same `group` stand under one heading; `style` is a number of colour and marker
---@field x? table the axis; see plot/scale.lua (linear) (default {})
---@field references? table {{x =, label =}, ...}: dashed upright lines (default {})
---@field decimals? integer of the numbers printed (default 3)
---@field desc? string (default "")
---@field subtitle? string (default "")
---@field title? string (default "")
---@field width? number (default 560)

--- Options of eg.plot.ecg.
---@class ecgraft.plot.ecg.Options
---@field seconds? number shown, as far as the record has them (default 10)
---@field start? number the first second shown (default 0)
---@field layout? "3x4"|"6x2"|"12x1"|"stack" "3x4" (default), "6x2": columns of leads one after the other in time, with a rhythm strip below; "12x1": each lead over the whole time; "stack": the record's own leads, whatever they are (default where one of the twelve is absent)
---@field rhythm? string the lead of the rhythm strip (default "II"; "" for none)
---@field speed? number mm a second (default 25)
---@field gain? number mm a mV (default 10)
---@field offset? "median"|"none" "median" (default): each lead's median is drawn on its baseline, as the high-pass of an electrocardiograph would do; "none": 0 mV is
---@field title? string instead of the record's name (default "")
---@field wrap? number where each row has one lead, seconds of a row: what is longer goes on in the next rows (default 10 for a single lead)
---@field paper? "auto"|"a4"|"fit" "auto" (default): A4 where the record fills it, else as large as what is on it; "a4": A4, landscape, or portrait where only that holds it, and larger where neither does; "fit": as large as what is on it, for a picture among text
---@field time_weights? table a weight from 0 to 1 for each sample of the record: shaded behind the traces, and as a curve at the foot of each row
---@field lead_notes? table short texts behind the leads' names: by name, or a list in the record's order. See ecgraft.explain for both

--- Options of eg.plot.forest.
---@class ecgraft.plot.forest.Options
---@field rows table {{label =, estimate =, low =, high =, note =, group =, style =}, ...}; rows that follow each other with the same `group` stand under one heading; `style` is a number of colour
---@field reference? number (default 0)
---@field left? string words under the axis for what lies on each side of the reference (default "")
---@field right? string words under the axis for what lies on each side of the reference (default "")
---@field decimals? integer of the numbers printed (default 3)
---@field x? table the axis; see plot/scale.lua (linear) (default {})
---@field desc? string (default "")
---@field subtitle? string (default "")
---@field title? string (default "")
---@field width? number (default 560)

--- Options of eg.plot.grid.
---@class ecgraft.plot.grid.Options
---@field columns? integer pictures in a row (default 2)
---@field gap? number between pictures, in pixels (default 12)
---@field letters? boolean a, b, c ... above the pictures (default false)
---@field title? string (default "")
---@field subtitle? string (default "")
---@field desc? string (default "")

--- Options of eg.plot.heatmap.
---@class ecgraft.plot.heatmap.Options
---@field rows table names
---@field columns table names
---@field values table|ecgraft.Tensor values[row][column], lists or a tensor (rows, columns); NaN leaves a cell empty
---@field map? "sequential"|"diverging" "sequential" (default) or "diverging" about `center` (default 0)
---@field center? number (default 0)
---@field decimals? integer of the numbers in the cells (default 2); signed: with a plus sign (default false)
---@field signed? boolean (default false)
---@field label? string what the colours mean (default "")
---@field row_label? string above the row names and the columns (default "")
---@field column_label? string above the row names and the columns (default "")
---@field desc? string (default "")
---@field max? number values at the ends of the colours; default: the data's
---@field min? number values at the ends of the colours; default: the data's
---@field subtitle? string (default "")
---@field title? string (default "")
---@field width? number (default 560)

--- Options of eg.plot.history.
---@class ecgraft.plot.history.Options
---@field best_epoch? integer
---@field log_loss? boolean (default false)
---@field height? number
---@field desc? string (default "")
---@field subtitle? string (default "")
---@field title? string (default "")
---@field width? number (default 560)

--- Options of eg.plot.lines.
---@class ecgraft.plot.lines.Options
---@field series table {{name =, x =, y =, low =, high =, points = {{x, y}, ...}, style =, thin =}, ...}: x, y, low and high are lists or tensors, equally long; without x the y stand at 1, 2, 3; NaN leaves a gap; low and high are an interval, points single observations
---@field x? table axes: label, scale "linear" or "log", min, max, ticks, zero, percent, integer; see plot/scale.lua (default {})
---@field y? table axes: label, scale "linear" or "log", min, max, ticks, zero, percent, integer; see plot/scale.lua (default {})
---@field references? table {{x = or y =, label =}, ...}: dashed lines across the chart (default {})
---@field legend? boolean names of the series above the chart (default true)
---@field interval? "band"|"bars" low and high as a "band" (default) or as "bars"
---@field markers? boolean mark each y (default true)
---@field dodge? boolean series a little beside each other (default false)
---@field desc? string what a screen reader says of the picture; default: from the names
---@field height? number in pixels (default 380)
---@field subtitle? string above the legend (default "")
---@field title? string above the legend (default "")
---@field width? number in pixels (default 560)

--- Options of eg.plot.points.
---@class ecgraft.plot.points.Options
---@field series table {{name =, x =, y =, low =, high =, points = {{x, y}, ...}, style =, thin =}, ...}: x, y, low and high are lists or tensors, equally long; without x the y stand at 1, 2, 3; NaN leaves a gap; low and high are an interval, points single observations
---@field x? table axes: label, scale "linear" or "log", min, max, ticks, zero, percent, integer; see plot/scale.lua (default {})
---@field y? table axes: label, scale "linear" or "log", min, max, ticks, zero, percent, integer; see plot/scale.lua (default {})
---@field references? table {{x = or y =, label =}, ...}: dashed lines across the chart (default {})
---@field legend? boolean names of the series above the chart (default true)
---@field interval? "band"|"bars" low and high as a "band" (default) or as "bars"
---@field markers? boolean mark each y (default true)
---@field dodge? boolean series a little beside each other (default false)
---@field desc? string what a screen reader says of the picture; default: from the names
---@field height? number in pixels (default 380)
---@field subtitle? string above the legend (default "")
---@field title? string above the legend (default "")
---@field width? number in pixels (default 560)

--- Options of eg.plot.save.
---@class ecgraft.plot.save.Options
---@field dpi? number (default 192)

--- Options of eg.report.build.
---@class ecgraft.report.build.Options
---@field out string a folder, made where it is missing
---@field study table
---@field runs? table (default {})
---@field gains? table over scratch, 95% interval (default {})
---@field pretraining? table (default {})
---@field baselines? table (default {})
---@field sets? table (default {})
---@field failures? table (default {})
---@field verdicts? table default: put into words from the gains
---@field curves? table score of scratch = a - b n^-c; points to draw (default {})
---@field saved? table (default {})
---@field break_even? table shown: there is a gain at the smallest size; size: the first without (default {})
---@field reached? table (default {})
---@field areas? table under the score against log n, over its width; low, high: of the gain (default {})
---@field examples? table (default {})
---@field mcnemar? table (default {})
---@field transferability? table (default {})
---@field correlations? table of ranks of value and gain (default {})
---@field protocols? table beside a study under study.other_protocol (default {})
---@field figures? boolean write figures/*.svg too (default true)

--- Options of eg.report.text.
---@class ecgraft.report.text.Options
---@field out string a folder, made where it is missing
---@field study table
---@field runs? table (default {})
---@field gains? table over scratch, 95% interval (default {})
---@field pretraining? table (default {})
---@field baselines? table (default {})
---@field sets? table (default {})
---@field failures? table (default {})
---@field verdicts? table default: put into words from the gains
---@field curves? table score of scratch = a - b n^-c; points to draw (default {})
---@field saved? table (default {})
---@field break_even? table shown: there is a gain at the smallest size; size: the first without (default {})
---@field reached? table (default {})
---@field areas? table under the score against log n, over its width; low, high: of the gain (default {})
---@field examples? table (default {})
---@field mcnemar? table (default {})
---@field transferability? table (default {})
---@field correlations? table of ranks of value and gain (default {})
---@field protocols? table beside a study under study.other_protocol (default {})
---@field figures? boolean write figures/*.svg too (default true)

--- Options of eg.report.write.
---@class ecgraft.report.write.Options
---@field out string a folder, made where it is missing
---@field study table
---@field runs? table (default {})
---@field gains? table over scratch, 95% interval (default {})
---@field pretraining? table (default {})
---@field baselines? table (default {})
---@field sets? table (default {})
---@field failures? table (default {})
---@field verdicts? table default: put into words from the gains
---@field curves? table score of scratch = a - b n^-c; points to draw (default {})
---@field saved? table (default {})
---@field break_even? table shown: there is a gain at the smallest size; size: the first without (default {})
---@field reached? table (default {})
---@field areas? table under the score against log n, over its width; low, high: of the gain (default {})
---@field examples? table (default {})
---@field mcnemar? table (default {})
---@field transferability? table (default {})
---@field correlations? table of ranks of value and gain (default {})
---@field protocols? table beside a study under study.other_protocol (default {})
---@field figures? boolean write figures/*.svg too (default true)

--- Options of net:load_state.
---@class ecgraft.Module.load_state.Options
---@field strict? boolean (default true)

--- Options of set:folds.
---@class ecgraft.Dataset.folds.Options
---@field k? integer (default 4)
---@field by? "patient"|"record" (default "patient")
---@field seed? integer (default 1)
---@field stratified? boolean (default true)

--- Options of set:quality.
---@class ecgraft.Dataset.quality.Options
---@field flat? number share of the record in which a lead stands still for two seconds or more (0.5)
---@field clipped? number share of the record in which a lead is cut off at its own extremes (0.002)
---@field noise? number mV, RMS between the complexes, above 30 Hz, without hum (0.05)
---@field hum? number mV, RMS of mains hum at 50 or 60 Hz; not seen below 103 and 123 samples a second (0.025)
---@field law? number mV, the largest departure of III, aVR, aVL and aVF from what I and II make them (0.05) (default 0.05)

--- Options of set:save.
---@class ecgraft.Dataset.save.Options
---@field compression? integer 1 to 9 make smaller files more slowly (0) (default 0)
---@field dtype? "float32"|"float64"|"int16" "float32", or "int16": half the bytes, in steps of 1 uV (of 0.001 where the set is scaled), see quantized.lua (default "float32")

--- Options of set:split.
---@class ecgraft.Dataset.split.Options
---@field train? number|integer[] a share of the records, or a list of fold numbers
---@field val? number|integer[] a share of the records, or a list of fold numbers
---@field test? number|integer[] a share of the records, or a list of fold numbers
---@field by? "patient"|"record" what stays together (default "patient")
---@field seed? integer (default 1)
---@field stratified? boolean each part has the set's share of each class (default true)

--- Options of set:take.
---@class ecgraft.Dataset.take.Options
---@field seed? integer (default 1)
---@field by? "patient"|"record" (default "patient")
---@field stratified? boolean (default true)

--- Options of record:plot.
---@class ecgraft.Record.plot.Options
---@field seconds? number shown, as far as the record has them (default 10)
---@field start? number the first second shown (default 0)
---@field layout? "3x4"|"6x2"|"12x1"|"stack" "3x4" (default), "6x2": columns of leads one after the other in time, with a rhythm strip below; "12x1": each lead over the whole time; "stack": the record's own leads, whatever they are (default where one of the twelve is absent)
---@field rhythm? string the lead of the rhythm strip (default "II"; "" for none)
---@field speed? number mm a second (default 25)
---@field gain? number mm a mV (default 10)
---@field offset? "median"|"none" "median" (default): each lead's median is drawn on its baseline, as the high-pass of an electrocardiograph would do; "none": 0 mV is
---@field title? string instead of the record's name (default "")
---@field wrap? number where each row has one lead, seconds of a row: what is longer goes on in the next rows (default 10 for a single lead)
---@field paper? "auto"|"a4"|"fit" "auto" (default): A4 where the record fills it, else as large as what is on it; "a4": A4, landscape, or portrait where only that holds it, and larger where neither does; "fit": as large as what is on it, for a picture among text
---@field time_weights? table a weight from 0 to 1 for each sample of the record: shaded behind the traces, and as a curve at the foot of each row
---@field lead_notes? table short texts behind the leads' names: by name, or a list in the record's order. See ecgraft.explain for both

--- Options of record:quality.
---@class ecgraft.Record.quality.Options
---@field flat? number share of the record in which a lead stands still for two seconds or more (0.5)
---@field clipped? number share of the record in which a lead is cut off at its own extremes (0.002)
---@field noise? number mV, RMS between the complexes, above 30 Hz, without hum (0.05)
---@field hum? number mV, RMS of mains hum at 50 or 60 Hz; not seen below 103 and 123 samples a second (0.025)
---@field law? number mV, the largest departure of III, aVR, aVL and aVF from what I and II make them (0.05) (default 0.05)

--- Options of study:estimate.
---@class ecgraft.Study.estimate.Options
---@field workers? integer processes that share the processors; default 1
---@field threads? integer of a run; default the processors shared out

--- Options of study:plan_text.
---@class ecgraft.Study.plan_text.Options
---@field workers? integer processes that share the processors; default 1
---@field threads? integer of a run; default the processors shared out

--- Options of study:report.
---@class ecgraft.Study.report.Options
---@field out? string

--- Options of study:run.
---@class ecgraft.Study.run.Options
---@field out? string a folder; default runs/NAME
---@field executor? "local"|"slurm" where runs are computed (default "local")
---@field workers? integer processes; default 1
---@field threads? integer of a run; default the processors shared out
---@field quiet? boolean without the progress line (default false)
---@field report? boolean write the report at the end (default true)
---@field slurm? table

--- Options of study:status.
---@class ecgraft.Study.status.Options
---@field out? string
