def accumulated_grad(loss_fn, w: torch.Tensor, batches: list) -> torch.Tensor:
    n = sum(len(y) for _, y in batches)
    return sum(torch.autograd.grad(loss_fn(w, X, y).sum() / n, w)[0] for X, y in batches)
