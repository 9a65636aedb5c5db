--- Names that one knows from PyTorch and that are not there: what is meant by them here. Said where they are asked for;
-- docs/from-pytorch.md has the whole table.
local HERE = "here it is "
local CPU = "everything is computed on the CPU: leave it out"
local FLOAT = "every tensor is of float32: leave it out"

return {
  tensor = {
    view = HERE .. "x:reshape(...)", view_as = HERE .. "x:reshape(y:shape())", reshape_as = HERE .. "x:reshape(y:shape())",
    cuda = CPU, cpu = CPU, to = CPU, device = CPU, pin_memory = CPU,
    float = FLOAT, double = FLOAT, half = FLOAT, long = FLOAT, int = FLOAT, type = FLOAT, dtype = FLOAT,
    numpy = HERE .. "x:totable(), or a file for NumPy: eg.save(\"x.npy\", x)", tolist = HERE .. "x:totable()",
    ndim = HERE .. "x:dim()", ndimension = HERE .. "x:dim()", nelement = HERE .. "x:numel()",
    T = HERE .. "x:t()", mm = HERE .. "x:matmul(y)", bmm = HERE .. "x:matmul(y)",
    requires_grad_ = HERE .. "x:requires_grad(true)", data = HERE .. "x:detach()", detach_ = HERE .. "x:detach()",
    grad_fn = "the tape is not shown; x:requires_grad() says whether there is one",
    sub_ = HERE .. "x:add_(y, -1)", div_ = HERE .. "x:mul_(1 / a)",
    chunk = HERE .. "x:narrow(dim, first, length)", split = HERE .. "x:narrow(dim, first, length)",
    topk = HERE .. "x:sort(dim)", masked_fill = HERE .. "eg.where(mask, a, x)", gather = HERE .. "x:index_select(positions, dim)",
    norm = HERE .. "x:square():sum():sqrt()", dot = HERE .. "(x * y):sum()", all = HERE .. "x:min():item() == 1",
    any = HERE .. "x:max():item() == 1", clip = HERE .. "x:clamp(min, max)",
  },
  net = {
    cuda = CPU, cpu = CPU, to = CPU,
    state_dict = HERE .. "net:state()", load_state_dict = HERE .. "net:load_state(state)",
    named_children = HERE .. "net:named_modules()", register_buffer = HERE .. "self:buffer(name, tensor)",
    register_forward_hook = HERE .. "net:on_forward(fn)", requires_grad_ = HERE .. "net:freeze(pattern) and net:unfreeze(pattern)",
  },
  optimizer = {
    state_dict = HERE .. "optimizer:state()", load_state_dict = HERE .. "optimizer:load_state(state)",
    param_groups = HERE .. "optimizer.groups",
  },
}
