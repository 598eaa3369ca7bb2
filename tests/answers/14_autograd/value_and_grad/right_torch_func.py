def value_and_grad(fn, x: torch.Tensor) -> tuple:
    gradient, value = torch.func.grad_and_value(fn)(x.detach())
    return value.item(), gradient
