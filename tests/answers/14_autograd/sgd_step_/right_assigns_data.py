def sgd_step_(params: list, lr: float) -> None:
    for p in params:
        if p.grad is None:
            continue
        p.data = p.data - lr * p.grad
        p.grad = None
