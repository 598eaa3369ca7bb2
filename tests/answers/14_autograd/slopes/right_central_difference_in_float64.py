def slopes(fn, xs: torch.Tensor) -> torch.Tensor:
    x, h = xs.double(), 1e-6
    with torch.no_grad():
        return ((fn(x + h) - fn(x - h)) / (2 * h)).to(xs.dtype)
