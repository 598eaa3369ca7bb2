@torch.no_grad()
def sgd_step_(params: list, lr: float) -> None:
    with_grad = [p for p in params if p.grad is not None]
    for p in with_grad:
        p.copy_(p - lr * p.grad)
    for p in with_grad:
        p.grad = None
