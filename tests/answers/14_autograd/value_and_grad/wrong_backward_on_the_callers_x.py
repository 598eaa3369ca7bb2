def value_and_grad(fn, x: torch.Tensor) -> tuple:
    x.requires_grad_()
    value = fn(x)
    value.backward()
    return value.item(), x.grad
