def value_and_grad(fn, x: torch.Tensor) -> tuple:
    leaf = x.detach().clone()
    leaf.requires_grad = True
    loss = fn(leaf)
    loss.backward()
    return float(loss), leaf.grad
