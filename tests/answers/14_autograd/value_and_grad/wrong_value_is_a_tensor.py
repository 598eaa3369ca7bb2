def value_and_grad(fn, x: torch.Tensor) -> tuple:
    leaf = x.detach().clone().requires_grad_()
    value = fn(leaf)
    value.backward()
    return value.detach(), leaf.grad
