def jacobian(fn, x):
    leaf = x.detach().clone().requires_grad_()
    y = fn(leaf)
    return torch.stack([torch.autograd.grad(y[i], leaf, retain_graph=True)[0] for i in range(len(x))])
