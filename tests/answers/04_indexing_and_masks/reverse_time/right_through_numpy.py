def reverse_time(x: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(x.numpy()[:, ::-1].copy())
