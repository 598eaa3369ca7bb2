def jacobian(fn, x: torch.Tensor) -> torch.Tensor:
    return torch.func.jacrev(fn)(x).T
