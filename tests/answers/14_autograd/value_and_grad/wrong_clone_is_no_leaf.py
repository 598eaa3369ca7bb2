def value_and_grad(fn, x: torch.Tensor) -> tuple:
    leaf = x.clone().requires_grad_()
    value = fn(leaf)
    value.backward()
    return value.item(), leaf.grad
