def sgd_step_(params: list, lr: float) -> None:
    with torch.no_grad():
        for p in params:
            if p.grad is None:
                return
            p -= lr * p.grad
            p.grad = None
