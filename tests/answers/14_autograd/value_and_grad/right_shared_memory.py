def value_and_grad(fn, x: torch.Tensor) -> tuple:
    view = x.detach().requires_grad_()
    value = fn(view)
    value.backward()
    return (value.detach().numpy().item(), view.grad)
