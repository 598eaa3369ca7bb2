def jacobian(fn, x: torch.Tensor) -> torch.Tensor:
    m = fn(x).shape[0]
    rows = []
    for i in range(m):
        rows.append(torch.func.grad(lambda p: fn(p)[i])(x))
    return torch.vstack(rows)
