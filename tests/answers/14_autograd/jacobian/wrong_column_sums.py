def jacobian(fn, x: torch.Tensor) -> torch.Tensor:
    leaf = x.detach().clone().requires_grad_()
    fn(leaf).sum().backward()
    return leaf.grad
