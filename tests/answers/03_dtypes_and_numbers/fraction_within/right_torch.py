def fraction_within(a, b, tol):
    gap = (torch.tensor(a.astype(float)) - torch.tensor(b.astype(float))).abs()
    return gap.le(tol).double().mean().item()
