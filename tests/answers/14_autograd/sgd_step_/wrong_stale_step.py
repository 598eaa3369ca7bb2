def sgd_step_(params: list, lr: float) -> None:
    step = 0.0
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                step = lr * p.grad
            p -= step
            p.grad = None
