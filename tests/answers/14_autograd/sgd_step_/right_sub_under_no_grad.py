def sgd_step_(params: list, lr: float) -> None:
    for p in params:
        if p.grad is None:
            continue
        with torch.no_grad():
            p.sub_(lr * p.grad)
        p.grad = None
