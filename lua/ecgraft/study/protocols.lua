--- The two protocols as tables of choices. "strict" is the default; "paper" repeats Nguyen & Do 2025, its flaws included, so that its
-- numbers can be compared: the best epoch is chosen on the test set, min-max scaling by lead and record, the first n records,
-- F1 at 0.5 weighted by prevalence.
return {
  strict = {
    text = "model selection on a validation set, test labels used once, subsets nested and stratified by patient",
    select_on = "val",
    subset = "nested",
    metric = "macro_auroc",
    split = {train = 0.7, val = 0.1, test = 0.2, by = "patient", seed = 1},
    train = {epochs = 30, batch = 64, lr = 1e-3, optimizer = "adam", scaler = "set"},
  },
  paper = {
    text = "as published: best epoch chosen on the test set, first n records, weighted F1 at 0.5",
    select_on = "test",
    subset = "first",
    metric = "weighted_f1",
    split = {train = 0.67, val = 0, test = 0.33, by = "record", seed = 1},
    train = {epochs = 100, batch = 256, lr = 1e-2, optimizer = "adam", scaler = "minmax"},
  },
}
