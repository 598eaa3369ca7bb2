def clip_by_norm(g: torch.Tensor, max_norm: float) -> torch.Tensor:
    parameter = torch.nn.Parameter(torch.zeros_like(g))
    parameter.grad = g.clone()
    torch.nn.utils.clip_grad_norm_([parameter], max_norm)
    return parameter.grad
