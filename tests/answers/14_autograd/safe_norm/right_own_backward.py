class Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        norm = (x**2).sum() ** 0.5
        ctx.save_for_backward(x, norm)
        return norm

    @staticmethod
    def backward(ctx, gradient):
        x, norm = ctx.saved_tensors
        return gradient * (x / norm if norm > 0 else torch.zeros_like(x))


def safe_norm(x: torch.Tensor) -> torch.Tensor:
    return Norm.apply(x)
