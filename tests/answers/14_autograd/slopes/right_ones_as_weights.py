def slopes(fn, xs: torch.Tensor) -> torch.Tensor:
    x = torch.tensor(xs.tolist(), dtype=xs.dtype, requires_grad=True)
    y = fn(x)
    y.backward(torch.ones_like(y))
    return x.grad.detach()
