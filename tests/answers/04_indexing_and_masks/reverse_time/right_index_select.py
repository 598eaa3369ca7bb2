def reverse_time(x: torch.Tensor) -> torch.Tensor:
    backwards = torch.arange(x.size(1)).flip(0)
    return x.index_select(1, backwards)
