def pick_device() -> torch.device:
    return torch.device("cuda")
