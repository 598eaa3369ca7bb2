def value_and_grad(fn, x: torch.Tensor) -> tuple:
    was = x.requires_grad
    x.requires_grad_(True)
    x.grad = None
    value = fn(x)
    value.backward()
    gradient = x.grad
    x.grad = None
    x.requires_grad_(was)
    return value.item(), gradient
