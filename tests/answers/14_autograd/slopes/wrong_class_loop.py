class _S:
    def __init__(self, fn, xs):
        self.g = []
        for v in xs:
            v = v.detach().clone().requires_grad_()
            fn(v).backward()
            self.g.append(v.grad)


def slopes(fn, xs: torch.Tensor) -> torch.Tensor:
    return torch.stack(_S(fn, xs.detach() * 1.0).g)
