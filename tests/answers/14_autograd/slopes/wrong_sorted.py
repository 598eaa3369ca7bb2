def slopes(fn, xs: torch.Tensor) -> torch.Tensor:
    x = xs.detach().float().sort().values.requires_grad_()
    fn(x).sum().backward()
    return x.grad
