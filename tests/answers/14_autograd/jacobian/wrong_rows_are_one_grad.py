def jacobian(fn, x):
    leaf = x.detach().clone().requires_grad_()
    y = fn(leaf)
    rows = []
    for v in y:
        v.backward(retain_graph=True)
        rows.append(leaf.grad)
    return torch.stack(rows)
