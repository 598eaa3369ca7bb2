def jacobian(fn, x: torch.Tensor) -> torch.Tensor:
    leaf = x.detach().clone().requires_grad_()
    rows = []
    for output in fn(leaf):
        if leaf.grad is not None:
            leaf.grad.zero_()
        output.backward(retain_graph=True)
        rows.append(leaf.grad)
    return torch.stack(rows)
