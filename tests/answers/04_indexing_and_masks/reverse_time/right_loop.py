def reverse_time(x: torch.Tensor) -> torch.Tensor:
    result = torch.empty_like(x)
    for t in range(x.shape[1]):
        result[:, -1 - t] = x[:, t]
    return result
