def value_and_grad(fn, x: torch.Tensor) -> tuple:
    x.requires_grad_()
    value = fn(x)
    return value.item(), torch.autograd.grad(value, x)[0]
