-- Where the five sets lie: the only thing to edit. A folder that is not there is replaced by synthetic ECGs with about as many records
-- and like classes, and the report says so.
return {
  ptbxl = "data/ptb-xl",           -- PTB-XL, with ptbxl_database.csv
  cpsc2018 = "data/cpsc2018",      -- CPSC2018
  georgia = "data/georgia",        -- Georgia, in the Challenge's layout
  ptb = "data/ptbdb",              -- the PTB Diagnostic ECG Database
  code = "data/code-test",         -- the CODE test set (Ribeiro et al. 2020)
}
