def value_and_grad(fn, x: torch.Tensor) -> tuple:
    leaf = x.detach().clone().float().requires_grad_()
    value = fn(leaf)
    (gradient,) = torch.autograd.grad(value, leaf)
    return value.item(), gradient.to(x.dtype)
