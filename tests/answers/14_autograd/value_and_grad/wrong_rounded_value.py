def value_and_grad(fn, x):
    leaf = x.detach().clone().requires_grad_(True)
    v = fn(leaf)
    v.backward()
    return round(v.item(), 3), leaf.grad
