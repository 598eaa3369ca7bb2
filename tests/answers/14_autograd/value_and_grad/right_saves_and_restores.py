def value_and_grad(fn, x: torch.Tensor) -> tuple:
    before, wanted = x.grad, x.requires_grad
    x.grad = None
    x.requires_grad_(True)
    value = fn(x)
    value.backward()
    gradient = x.grad
    x.grad = before
    x.requires_grad_(wanted)
    return value.item(), gradient
