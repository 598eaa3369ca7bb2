def slopes(fn, xs: torch.Tensor) -> torch.Tensor:
    x = xs.clone().requires_grad_()
    y = fn(x)
    y.sum().backward()
    return y.detach()
