--- A measure's name for people: "macro_auroc" is "macro AUROC".
return function(name)
  return (name:gsub("_", " "):gsub("%f[%w]auroc%f[%W]", "AUROC"):gsub("%f[%w]f1%f[%W]", "F1"):gsub("%f[%w]r2%f[%W]", "R²")
    :gsub("%f[%w]mae%f[%W]", "MAE"):gsub("%f[%w]mse%f[%W]", "MSE"))
end
