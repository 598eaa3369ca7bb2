def jacobian(fn, x: torch.Tensor) -> torch.Tensor:
    leaf = x.detach().clone().requires_grad_()
    rows = []
    for output in fn(leaf):
        output.backward(retain_graph=True)
        rows.append(leaf.grad.clone())
    return torch.stack(rows)
