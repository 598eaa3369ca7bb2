def jacobian(fn, x: torch.Tensor) -> torch.Tensor:
    leaf = x.clone().detach().requires_grad_(True)
    y = fn(leaf)
    J = torch.zeros(len(y), len(x), dtype=x.dtype)
    for i in range(len(y)):
        leaf.grad = None
        y[i].backward(retain_graph=True)
        J[i] = leaf.grad
    return J
