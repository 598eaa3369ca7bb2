def sgd_step_(params: list, lr: float) -> None:
    for p in params:
        gradient, p.grad = p.grad, None
        if gradient is not None:
            numbers = p.detach()
            numbers -= lr * gradient
