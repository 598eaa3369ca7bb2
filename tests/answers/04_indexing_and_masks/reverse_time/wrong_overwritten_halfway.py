def reverse_time(x: torch.Tensor) -> torch.Tensor:
    result = x.clone()
    for t in range(x.shape[1]):
        result[:, t] = result[:, -1 - t]
    return result
