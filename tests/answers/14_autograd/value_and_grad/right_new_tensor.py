def value_and_grad(fn, x: torch.Tensor) -> tuple:
    with torch.no_grad():
        fresh = x * 1
    fresh.requires_grad_(True)
    y = fn(fresh)
    return y.item(), torch.autograd.grad(outputs=y, inputs=fresh)[0]
