def jacobian(fn, x: torch.Tensor) -> torch.Tensor:
    leaf = x.detach().clone().requires_grad_()
    return torch.stack([torch.autograd.grad(output, leaf)[0] for output in fn(leaf)])
