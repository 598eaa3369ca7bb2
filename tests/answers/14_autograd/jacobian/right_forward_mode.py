def jacobian(fn, x: torch.Tensor) -> torch.Tensor:
    columns = [torch.func.jvp(fn, (x,), (direction,))[1] for direction in torch.eye(len(x), dtype=x.dtype)]
    return torch.stack(columns, dim=1)
