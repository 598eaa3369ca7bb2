def slopes(fn, xs: torch.Tensor) -> torch.Tensor:
    x = xs.detach() / 1
    return torch.autograd.functional.jacobian(fn, x).diagonal().clone()
