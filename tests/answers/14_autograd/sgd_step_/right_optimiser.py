def sgd_step_(params: list, lr: float) -> None:
    optimizer = torch.optim.SGD(params, lr=lr)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
