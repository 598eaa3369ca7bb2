def slopes(fn, xs):
    x = xs.detach().requires_grad_()
    fn(x).sum().backward()
    return x
