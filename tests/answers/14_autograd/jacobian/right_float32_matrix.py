def jacobian(fn, x: torch.Tensor) -> torch.Tensor:
    leaf = x.detach().clone().requires_grad_()
    y = fn(leaf)
    J = torch.empty(y.numel(), leaf.numel())
    for i, weights in enumerate(torch.eye(y.numel(), dtype=y.dtype)):
        (J[i],) = torch.autograd.grad(y, leaf, weights, retain_graph=True)
    return J
