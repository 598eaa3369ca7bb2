def reverse_time(x: torch.Tensor) -> torch.Tensor:
    result = torch.zeros(x.shape)
    for t in range(x.shape[1]):
        result[:, t] = x[:, -1 - t]
    return result
