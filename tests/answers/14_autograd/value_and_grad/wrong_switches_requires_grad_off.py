def value_and_grad(fn, x: torch.Tensor) -> tuple:
    x.requires_grad_(True)
    value = fn(x)
    (gradient,) = torch.autograd.grad(value, x)
    x.requires_grad_(False)
    return value.item(), gradient
